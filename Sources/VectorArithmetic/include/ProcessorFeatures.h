/// What the processor that the program runs on can do, and what it is told beforehand.

#ifndef PROCESSOR_FEATURES_H
#define PROCESSOR_FEATURES_H

/// The level of x86-64 that the processor and the operating system support: 4 has AVX-512, 3 has
/// AVX2, 1 is all below. 0 on other processors.
static inline int x86_64_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) return 4;
  if (__builtin_cpu_supports("x86-64-v3")) return 3;
  return 1;
#else
  return 0;
#endif
}

/// Tells the processor that the thread waits for another one in a loop.
static inline void processor_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Asks for the cache line at an address, which may lie outside of what is allocated.
static inline __attribute__((always_inline)) void prefetch_line(const void *address) {
  __builtin_prefetch(address);
}

/// As prefetch_line, for a line that will be written.
static inline __attribute__((always_inline)) void prefetch_line_to_write(const void *address) {
  __builtin_prefetch(address, 1);
}

#endif
