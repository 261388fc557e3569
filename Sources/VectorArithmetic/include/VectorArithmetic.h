/// Arithmetic on whole vectors, each function one instruction on a CPU that has vectors as wide.
///
/// Swift's standard library does arithmetic on floating-point vectors lane by lane, and leaves it to
/// the optimizer to put the lanes together again. It does so in small functions, but not in a formula
/// with several exponentials, which takes twice as long then, and never for square roots. The
/// functions here are inlined, have no symbol of their own, and do a single operation, so that no
/// product and sum can be contracted to one operation that rounds differently.

#ifndef VECTOR_ARITHMETIC_H
#define VECTOR_ARITHMETIC_H

typedef float float_x8 __attribute__((ext_vector_type(8)));
typedef float float_x16 __attribute__((ext_vector_type(16)));
typedef double double_x8 __attribute__((ext_vector_type(8)));
typedef int int_x16 __attribute__((ext_vector_type(16)));
typedef long long int_x8 __attribute__((ext_vector_type(8)));

#define VECTOR_FUNCTION static inline __attribute__((always_inline, const))

/// The functions of `vector`; in a `mask` all bits of a lane are set, or none.
#define VECTOR_FUNCTIONS(vector, mask)                                                            \
  VECTOR_FUNCTION vector vector##_add(vector left, vector right) { return left + right; }         \
  VECTOR_FUNCTION vector vector##_subtract(vector left, vector right) { return left - right; }    \
  VECTOR_FUNCTION vector vector##_multiply(vector left, vector right) { return left * right; }    \
  VECTOR_FUNCTION vector vector##_divide(vector left, vector right) { return left / right; }      \
  VECTOR_FUNCTION vector vector##_negate(vector value) { return -value; }                         \
  VECTOR_FUNCTION vector vector##_magnitude(vector value) {                                       \
    return __builtin_elementwise_abs(value);                                                      \
  }                                                                                               \
  VECTOR_FUNCTION vector vector##_square_root(vector value) {                                     \
    return __builtin_elementwise_sqrt(value);                                                     \
  }                                                                                               \
  VECTOR_FUNCTION vector vector##_select(mask condition, vector accepted, vector other) {         \
    return condition ? accepted : other;                                                          \
  }                                                                                               \
  VECTOR_FUNCTION mask vector##_shift_left(mask bits, int count) { return bits << count; }        \
  VECTOR_FUNCTION mask vector##_shift_right(mask bits, int count) { return bits >> count; }

VECTOR_FUNCTIONS(float_x16, int_x16)
VECTOR_FUNCTIONS(double_x8, int_x8)

/// left · right + addend, rounded once where the instruction set has such an operation, else twice.
///
/// For the detector's matrix product alone, whose bits may depend on the instruction set.
VECTOR_FUNCTION float_x16 float_x16_multiply_add(
    float_x16 left, float_x16 right, float_x16 addend) {
#pragma STDC FP_CONTRACT ON
  return left * right + addend;
}

/// The square root of one number; what Swift has for it can call a C library function instead.
VECTOR_FUNCTION float float_square_root(float value) { return __builtin_elementwise_sqrt(value); }
VECTOR_FUNCTION double double_square_root(double value) {
  return __builtin_elementwise_sqrt(value);
}

VECTOR_FUNCTION double_x8 double_x8_from_float(float_x8 value) {
  return __builtin_convertvector(value, double_x8);
}
VECTOR_FUNCTION float_x8 float_x8_from_double(double_x8 value) {
  return __builtin_convertvector(value, float_x8);
}

/// The elements at even places of two neighbouring vectors, those at odd places, and back.
VECTOR_FUNCTION float_x16 float_x16_even(float_x16 a, float_x16 b) {
  return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
}
VECTOR_FUNCTION float_x16 float_x16_odd(float_x16 a, float_x16 b) {
  return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
}
VECTOR_FUNCTION float_x16 float_x16_interleave_low(float_x16 even, float_x16 odd) {
  return __builtin_shufflevector(
      even, odd, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
VECTOR_FUNCTION float_x16 float_x16_interleave_high(float_x16 even, float_x16 odd) {
  return __builtin_shufflevector(
      even, odd, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
VECTOR_FUNCTION double_x8 double_x8_even(double_x8 a, double_x8 b) {
  return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
}
VECTOR_FUNCTION double_x8 double_x8_odd(double_x8 a, double_x8 b) {
  return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
}
VECTOR_FUNCTION double_x8 double_x8_interleave_low(double_x8 even, double_x8 odd) {
  return __builtin_shufflevector(even, odd, 0, 8, 1, 9, 2, 10, 3, 11);
}
VECTOR_FUNCTION double_x8 double_x8_interleave_high(double_x8 even, double_x8 odd) {
  return __builtin_shufflevector(even, odd, 4, 12, 5, 13, 6, 14, 7, 15);
}

/// The vector with its lanes moved down by 8, 4, 2 or 1, those that fall off put at the top.
#define ROTATE_X16(distance)                                                                      \
  VECTOR_FUNCTION float_x16 float_x16_rotate_##distance(float_x16 value) {                        \
    return __builtin_shufflevector(                                                               \
        value, value, distance, distance + 1, distance + 2, distance + 3, distance + 4,           \
        distance + 5, distance + 6, distance + 7, distance + 8, distance + 9, distance + 10,      \
        distance + 11, distance + 12, distance + 13, distance + 14, distance + 15);               \
  }
ROTATE_X16(8)
ROTATE_X16(4)
ROTATE_X16(2)
ROTATE_X16(1)

#define ROTATE_X8(distance)                                                                       \
  VECTOR_FUNCTION double_x8 double_x8_rotate_##distance(double_x8 value) {                        \
    return __builtin_shufflevector(                                                               \
        value, value, distance, distance + 1, distance + 2, distance + 3, distance + 4,           \
        distance + 5, distance + 6, distance + 7);                                                \
  }
ROTATE_X8(4)
ROTATE_X8(2)
ROTATE_X8(1)

/// Whether the CPU has the instruction set called x86-64-v3: AVX2 and fused multiply-add.
int cpu_has_avx2(void);

/// Whether the CPU has the instruction set called x86-64-v4: AVX-512.
int cpu_has_avx512(void);

#endif
