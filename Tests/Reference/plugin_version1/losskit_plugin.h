/*
 * losskit_plugin.h: losses for LossKit from a shared library, in any language that speaks C.
 *
 * A plugin is a shared library that exports one function:
 *
 *     const losskit_table *losskit_plugin(void);
 *
 * It returns a table of losses. LossKit calls it when it loads the library, checks everything
 * that the table says, and registers each loss as "plugin/loss" after the two names in it. Whatever
 * the table points to must stay as it is until the process ends; a library is never unloaded.
 *
 * Recipes, `losskit show`, the JSON Schema and every check of a parameter come from the table.
 * Weights, normalizers, layouts, threads and reductions are LossKit's work: a loss says what a row or
 * an element is worth, and the derivative of that.
 *
 * Versions. This is version 1. Any change to what stands here raises the number, and LossKit refuses
 * a table of a version that it doesn't know.
 *
 * Texts are UTF-8 and end with a zero byte. Members that aren't named in a C99 initializer are zero,
 * which always means "not used".
 */
#ifndef LOSSKIT_PLUGIN_H
#define LOSSKIT_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header, which goes into the table. */
#define LOSSKIT_ABI_VERSION 1u

/* ---- Values of parameters ---------------------------------------------------------------------- */

/* The types of a parameter. */
#define LOSSKIT_NUMBER 1u  /* a finite number, in `number` */
#define LOSSKIT_INTEGER 2u /* a whole number, in `integer` */
#define LOSSKIT_BOOLEAN 3u /* 0 or 1, in `integer` */
#define LOSSKIT_CHOICE 4u  /* one of several texts, in `text` */
#define LOSSKIT_TEXT 5u    /* any text, in `text` */
#define LOSSKIT_NUMBERS 6u /* one or more finite numbers, `count` of them in `numbers` */

/* The type of a value that is absent: the parameter doesn't apply. A parameter whose default is such
 * a value may be left out of a recipe, or written as null. */
#define LOSSKIT_NULL 7u

/* What a parameter is set to; the type says which of the other members to read. */
typedef struct losskit_value {
  uint32_t type;
  int64_t integer;
  double number;
  const char *text;
  const double *numbers;
  size_t count;
} losskit_value;

/* ---- Parameters -------------------------------------------------------------------------------- */

/* Which bounds a number has. LOSSKIT_AT_LEAST and LOSSKIT_ABOVE exclude each other. */
#define LOSSKIT_AT_LEAST 1u /* `minimum` and everything above */
#define LOSSKIT_ABOVE 2u    /* everything above `minimum`, which itself is left out */
#define LOSSKIT_AT_MOST 4u  /* `maximum` and everything below */

/* One parameter of a loss. */
typedef struct losskit_parameter {
  /* The key in a recipe: small letters, digits and underscores, a letter first; up to 64. "type" is
   * taken. */
  const char *name;
  /* What it does, in one line. */
  const char *meaning;
  /* LOSSKIT_NUMBER to LOSSKIT_NUMBERS. */
  uint32_t type;
  /* For numbers, integers, and each of several numbers: the bounds, a sum of the above. */
  uint32_t bounds;
  double minimum;
  double maximum;
  /* For LOSSKIT_CHOICE: the texts to choose from, 1 to 64. */
  const char *const *choices;
  size_t choice_count;
  /* For LOSSKIT_NUMBERS: how many there must be; 0 for one or more. */
  size_t count;
  /* The value where a recipe gives none, of the parameter's type and within its bounds, or of
   * LOSSKIT_NULL. NULL where a recipe must give one. */
  const losskit_value *default_value;
} losskit_parameter;

/* ---- Losses ------------------------------------------------------------------------------------ */

/* A loss with the parameters of one place in a recipe. */
typedef struct losskit_instance {
  /* The `user` pointer of the loss. */
  void *user;
  /* A value for each parameter, in the order of the declarations, checked against them. */
  const losskit_value *parameters;
  size_t parameter_count;
  /* Yours: set by `create`. */
  void *state;
} losskit_instance;

/* Neighbouring rows to evaluate. Rows lie one after another, `width` elements each. LossKit cuts a
 * prediction into blocks of up to 16,384 elements, or a row where that has more; the rows of a block
 * have nothing in common. */
typedef struct losskit_block {
  size_t row_count;
  size_t width;
  /* [row_count][width], all finite. */
  const float *predictions;
  /* [row_count][width], all finite, where the loss takes LOSSKIT_DENSE targets; else NULL. */
  const float *targets;
  /* [row_count], each from 0 to width - 1, where the loss takes LOSSKIT_CLASSES; else NULL. */
  const int32_t *classes;
  /* Receives the loss: [row_count], or [row_count][width] where each element has a value of its own.
   * Zeros at first. */
  float *values;
  /* Receives the derivative of each value by its predictions, [row_count][width]. Zeros at first.
   * NULL where nobody asks for it. */
  float *gradient;
} losskit_block;

/* What a loss compares rows with. */
#define LOSSKIT_CLASSES 1u /* a class a row */
#define LOSSKIT_DENSE 2u   /* a row of numbers as wide as the prediction */

/* How many values there are. */
#define LOSSKIT_PER_ROW 1u     /* one a row */
#define LOSSKIT_PER_ELEMENT 2u /* one an element; for LOSSKIT_DENSE alone */

/* What else is to be known of a loss. */

/* The loss's functions may be called from several threads at the same time, on different blocks. Of the
 * losses of a library without this flag, no two functions run at the same time. */
#define LOSSKIT_THREAD_SAFE 1u
/* Nothing but prediction - target is read, so that inside weights can multiply that difference; for
 * LOSSKIT_DENSE alone. */
#define LOSSKIT_READS_DIFFERENCE 2u

/* One loss. Functions that can fail return 0 where all went well, and anything else after writing a
 * reason into `error`, which has room for `error_size` bytes, the zero at the end included. */
typedef struct losskit_loss {
  /* The second part of the registered name; letters as for parameters. */
  const char *name;
  /* What it is, in one line. */
  const char *summary;
  /* The formula in plain text; may have several lines. */
  const char *formula;
  /* The paper or the implementation that it follows. */
  const char *source;
  const losskit_parameter *parameters;
  size_t parameter_count;
  /* LOSSKIT_CLASSES or LOSSKIT_DENSE. */
  uint32_t targets;
  /* LOSSKIT_PER_ROW or LOSSKIT_PER_ELEMENT. */
  uint32_t values;
  /* A sum of LOSSKIT_THREAD_SAFE and LOSSKIT_READS_DIFFERENCE, or 0. */
  uint32_t flags;
  /* Yours: passed on in every instance. */
  void *user;

  /* Prepares an instance: may set `state`, and refuse parameters that don't go together. NULL where
   * there is nothing to prepare. */
  int (*create)(losskit_instance *instance, char *error, size_t error_size);
  /* Frees what `create` made; NULL where there is nothing to free. Not called where `create` failed. */
  void (*destroy)(losskit_instance *instance);

  /* The number of columns that the loss reads for `classes` foreground classes: `classes + 1` where
   * the background has a column of its own, the first, as for a softmax. NULL for `classes`. */
  size_t (*columns)(const losskit_instance *instance, size_t classes);

  /* Evaluates a block. A call with no rows comes before those of a prediction: to refuse a width. */
  int (*evaluate)(const losskit_instance *instance, const losskit_block *block, char *error,
                  size_t error_size);
} losskit_loss;

/* ---- The table --------------------------------------------------------------------------------- */

/* What a plugin holds. */
typedef struct losskit_table {
  /* LOSSKIT_ABI_VERSION. */
  uint32_t abi_version;
  /* The first part of the registered names, such as that of your project; letters as for parameters. */
  const char *name;
  const losskit_loss *losses;
  /* 1 to 1024. */
  size_t loss_count;
} losskit_table;

/* Marks the entry point as visible outside of the library. */
#if defined(__GNUC__)
#define LOSSKIT_EXPORT __attribute__((visibility("default")))
#else
#define LOSSKIT_EXPORT
#endif

/* The entry point, which the plugin defines. */
LOSSKIT_EXPORT const losskit_table *losskit_plugin(void);

#ifdef __cplusplus
}
#endif

#endif
