/*
 * plugin_alone LIBRARY WIDTH NUMBERS: how long the first loss of a plugin takes for value and gradient of
 * 262,144 rows by itself, in the blocks that LossKit would give it. NUMBERS ends with the predictions and
 * the targets, of single precision. Prints the median of 200 runs, in nanoseconds an element. For losses of
 * dense targets that have a value an element and need no parameters but their defaults;
 * Benchmarks/plugins.py compiles and runs it.
 */
#define _POSIX_C_SOURCE 199309L
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "losskit_plugin.h"

enum { ROWS = 262144, BLOCK = 16384, RUNS = 200 };

static int ascending(const void *left, const void *right) {
  const double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int count, char **arguments) {
  if (count != 4) return 2;
  void *library = dlopen(arguments[1], RTLD_NOW);
  if (library == NULL) return fprintf(stderr, "%s\n", dlerror()), 1;
  const losskit_table *(*entry)(void);
  *(void **)&entry = dlsym(library, "losskit_plugin");
  if (entry == NULL) return fprintf(stderr, "%s\n", dlerror()), 1;
  const losskit_loss *loss = &entry()->losses[0];
  losskit_value values[16] = {0};
  for (size_t i = 0; i < loss->parameter_count && i < 16; i++) {
    values[i] = *loss->parameters[i].default_value;
  }
  losskit_instance instance = {
      .user = loss->user, .parameters = values, .parameter_count = loss->parameter_count};
  char error[256];
  if (loss->create != NULL && loss->create(&instance, error, sizeof error) != 0) return 1;

  const size_t width = (size_t)atoi(arguments[2]), elements = ROWS * width;
  float *predictions = malloc(elements * sizeof(float)), *targets = malloc(elements * sizeof(float));
  float *gradient = calloc(elements, sizeof(float)), *results = calloc(BLOCK, sizeof(float));
  FILE *numbers = fopen(arguments[3], "rb");
  if (numbers == NULL || fseek(numbers, -(long)(2 * elements * sizeof(float)), SEEK_END) != 0 ||
      fread(predictions, sizeof(float), elements, numbers) != elements ||
      fread(targets, sizeof(float), elements, numbers) != elements) {
    return fprintf(stderr, "%s has too few numbers\n", arguments[3]), 1;
  }
  double times[RUNS];
  for (int run = 0; run < RUNS; run++) {
    const double start = seconds();
    for (size_t first = 0; first < elements; first += BLOCK) {
      const losskit_block block = {.row_count = BLOCK / width,
                                   .width = width,
                                   .predictions = predictions + first,
                                   .targets = targets + first,
                                   .values = results,
                                   .gradient = gradient + first};
      if (loss->evaluate(&instance, &block, error, sizeof error) != 0) return 1;
    }
    times[run] = seconds() - start;
  }
  qsort(times, RUNS, sizeof times[0], ascending);
  printf("%.4f\n", times[RUNS / 2] / (double)elements * 1e9);
  return 0;
}
