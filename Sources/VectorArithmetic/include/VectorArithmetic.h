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

#endif
