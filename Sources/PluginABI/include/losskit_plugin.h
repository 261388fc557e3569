/*
 * losskit_plugin.h: parts of objectives for LossKit from a shared library, in any language that speaks C:
 * losses, assigners, match costs, samplers, row weights.
 *
 * A plugin is a shared library that exports one function:
 *
 *     const losskit_table *losskit_plugin(void);
 *
 * It returns a table of parts. LossKit calls it when it loads the library, checks everything
 * that the table says, and registers each part as "plugin/part" after the two names in it. Whatever
 * the table points to must stay as it is until the process ends; a library is never unloaded.
 *
 * Recipes, `losskit show`, the JSON Schema and every check of a parameter come from the table.
 * Weights, normalizers, layouts, threads and reductions are LossKit's work: a loss says what a row or
 * an element is worth, and the derivative of that.
 *
 * Versions. This is version 2. Any change to what stands here raises the number, and LossKit refuses
 * a table of a version that it doesn't know. It knows version 1, whose table ends with the losses.
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
#define LOSSKIT_ABI_VERSION 2u

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

/* One parameter of a part. */
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

/* ---- Instances --------------------------------------------------------------------------------- */

/* A part with the parameters of one place in a recipe. */
typedef struct losskit_instance {
  /* The `user` pointer of the part. */
  void *user;
  /* A value for each parameter, in the order of the declarations, checked against them. */
  const losskit_value *parameters;
  size_t parameter_count;
  /* Yours: set by `create`. */
  void *state;
} losskit_instance;

/* A flag of any part: its functions may be called from several threads at the same time. Of the parts of
 * a library without this flag, no two functions run at the same time, but for the match costs that an
 * assigner asks for. */
#define LOSSKIT_THREAD_SAFE 1u

/* Functions that can fail return 0 if all went well, and anything else after writing a reason into `error`,
 * which has room for `error_size` bytes, the zero at the end included. */

/* ---- Losses ------------------------------------------------------------------------------------ */

/* Neighbouring rows to evaluate. Rows lie one after another, `width` elements each. LossKit cuts a
 * prediction into blocks of up to 16,384 elements, or a row where that has more; the rows of a block
 * have nothing in common. */
typedef struct losskit_block {
  size_t row_count;
  size_t width;
  /* [row_count][width], all finite. */
  const float *predictions;
  /* [row_count][width], all finite, where the loss takes LOSSKIT_DENSE or LOSSKIT_BOX_PAIRS; else NULL. */
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
#define LOSSKIT_BOX_PAIRS 3u /* as LOSSKIT_DENSE, where rows are boxes: x1, y1, x2, y2 */

/* How many values there are. */
#define LOSSKIT_PER_ROW 1u     /* one a row */
#define LOSSKIT_PER_ELEMENT 2u /* one an element; for LOSSKIT_DENSE alone */

/* A flag of losses: nothing but prediction - target is read, so that inside weights can multiply that
 * difference; for LOSSKIT_DENSE alone. */
#define LOSSKIT_READS_DIFFERENCE 2u

/* One loss. */
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
  /* LOSSKIT_CLASSES, LOSSKIT_DENSE or LOSSKIT_BOX_PAIRS. */
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

/* ---- What all other parts have ----------------------------------------------------------------- */

/* What a part says of itself, and how an instance of it is made, as with losses. */
typedef struct losskit_component {
  /* The second part of the registered name; letters as for parameters. */
  const char *name;
  /* What it is, in one line. */
  const char *summary;
  /* The formula or the rule in plain text; may have several lines. */
  const char *formula;
  /* The paper or the implementation that it follows. */
  const char *source;
  const losskit_parameter *parameters;
  size_t parameter_count;
  /* LOSSKIT_THREAD_SAFE, or 0. */
  uint32_t flags;
  /* Yours: passed on in every instance. */
  void *user;
  int (*create)(losskit_instance *instance, char *error, size_t error_size);
  void (*destroy)(losskit_instance *instance);
} losskit_component;

/* A box in pixels, with x to the right and y down. */
typedef struct losskit_box {
  float x1, y1, x2, y2;
} losskit_box;

/* Priors that lie on one feature map, or all that lie on none. */
typedef struct losskit_level {
  /* The number of priors. */
  size_t count;
  /* Pixels between two cells; 0 if the priors lie on no feature map. */
  double stride;
} losskit_level;

/* The priors of one image: levels in order, and within a level by row, column and prior of a cell. */
typedef struct losskit_priors {
  const losskit_box *boxes;
  size_t count;
  const losskit_level *levels;
  size_t level_count;
} losskit_priors;

/* The objects of one image. */
typedef struct losskit_ground_truth {
  const losskit_box *boxes;
  /* The class of each box: 1 and up. */
  const int32_t *labels;
  size_t count;
  /* Regions in which priors are ignored: crowds, or objects that nobody is sure of. */
  const losskit_box *ignored_regions;
  size_t ignored_region_count;
} losskit_ground_truth;

/* What is known of one image before its priors are matched. */
typedef struct losskit_image {
  losskit_priors priors;
  losskit_ground_truth ground_truth;
  /* In pixels. */
  size_t width;
  size_t height;
  /* Counts training steps. */
  int64_t step;
  /* For each prior a probability for each class, [priors.count][class_count], for parts that read
   * LOSSKIT_SCORES; else NULL and 0. A stage that tells objects alone has one class. */
  const float *scores;
  size_t class_count;
  /* For each prior the predicted box, which may be inverted, for parts that read LOSSKIT_BOXES; else NULL. */
  const losskit_box *predicted_boxes;
} losskit_image;

/* What a prior is matched to that is matched to no ground truth. */
#define LOSSKIT_BACKGROUND (-1)
#define LOSSKIT_IGNORED (-2)

/* What a part may read that not every stage has; a recipe in which it hasn't is refused. */
#define LOSSKIT_STRIDES 1u     /* the strides of the priors' levels */
#define LOSSKIT_SCORES 2u      /* what the stage's term for classes or objects predicts */
#define LOSSKIT_BOXES 4u       /* what the stage's term for boxes predicts */
#define LOSSKIT_COSTS 8u       /* the stage's match costs */
#define LOSSKIT_OVERLAPS 16u   /* the overlaps that the assigner gives */
#define LOSSKIT_QUALITY 32u    /* the quality that the assigner gives */
#define LOSSKIT_ROW_LOSSES 64u /* for each prior the loss of the stage's term for classes or objects */

/* ---- Assigners --------------------------------------------------------------------------------- */

/* The priors of one image to assign. */
typedef struct losskit_assignment {
  losskit_image image;
  /* Writes for each of some priors the sum of the stage's match costs with one ground truth, if the assigner
   * reads LOSSKIT_COSTS; else NULL. Pass `context` on. Returns 0, or anything else if a cost can't be said:
   * then fail too, and LossKit says why. May be called from several threads if the assigner is
   * LOSSKIT_THREAD_SAFE. */
  int (*costs)(void *context, const size_t *priors, size_t prior_count, size_t ground_truth,
               float *costs);
  void *context;
  /* How many threads it may use; what it writes must not depend on it. */
  size_t threads;
  /* Receives for each prior the index of its ground truth, LOSSKIT_BACKGROUND or LOSSKIT_IGNORED. Each is
   * INT32_MIN at first, which none may stay. */
  int32_t *matches;
  /* Receive for each prior its largest IoU with a ground truth, and how well it suits its ground truth: finite
   * numbers of 0 or more. Each is NaN at first, which none may stay. NULL unless the assigner gives them and
   * another part reads them. */
  float *overlaps;
  float *quality;
} losskit_assignment;

/* Decides which ground truth each prior is matched to, or that it is background, or ignored. */
typedef struct losskit_assigner {
  losskit_component component;
  /* A sum of LOSSKIT_STRIDES, LOSSKIT_SCORES, LOSSKIT_BOXES and LOSSKIT_COSTS, or 0. */
  uint32_t reads;
  /* A sum of LOSSKIT_OVERLAPS and LOSSKIT_QUALITY, or 0. */
  uint32_t gives;
  int (*assign)(const losskit_instance *instance, const losskit_assignment *assignment, char *error,
                size_t error_size);
} losskit_assigner;

/* ---- Match costs ------------------------------------------------------------------------------- */

/* Priors of one image that may be matched to one of its ground truths. */
typedef struct losskit_matching {
  losskit_image image;
  /* Indices of priors. */
  const size_t *priors;
  size_t prior_count;
  /* The index of the ground truth. */
  size_t ground_truth;
  /* Receives the cost of each of `priors`, a finite number. Each is NaN at first, which none may stay. */
  float *costs;
} losskit_matching;

/* What it costs to match priors to a ground truth. */
typedef struct losskit_match_cost {
  losskit_component component;
  /* A sum of LOSSKIT_STRIDES, LOSSKIT_SCORES and LOSSKIT_BOXES, or 0. */
  uint32_t reads;
  int (*evaluate)(const losskit_instance *instance, const losskit_matching *matching, char *error,
                  size_t error_size);
} losskit_match_cost;

/* ---- Samplers ---------------------------------------------------------------------------------- */

/* The priors of one image to sample. */
typedef struct losskit_sampling {
  /* What each prior is matched to. */
  const int32_t *matches;
  size_t prior_count;
  /* For each prior what the sampler reads; else NULL. */
  const float *overlaps;
  const float *quality;
  const float *row_losses;
  /* The name of the stage, the index of the image in its batch, and the training step: what random numbers
   * should be functions of, beside a seed. */
  const char *stage;
  size_t image;
  int64_t step;
  /* For each prior 1 if a recorded draw took it, else 0; NULL if none was recorded. */
  const uint8_t *recorded;
  /* Receives 1 for each prior that counts, which must not be an ignored one. Zeros at first. */
  uint8_t *sampled;
} losskit_sampling;

/* Chooses which assigned priors count. */
typedef struct losskit_sampler {
  losskit_component component;
  /* A sum of LOSSKIT_OVERLAPS, LOSSKIT_QUALITY and LOSSKIT_ROW_LOSSES, or 0. */
  uint32_t reads;
  int (*sample)(const losskit_instance *instance, const losskit_sampling *sampling, char *error,
                size_t error_size);
} losskit_sampler;

/* ---- Row weights ------------------------------------------------------------------------------- */

/* The rows of one image to weigh. */
typedef struct losskit_rows {
  losskit_priors priors;
  /* What each prior is matched to. */
  const int32_t *matches;
  /* The priors that count, in ascending order, and the label of each: 0 for background. */
  const size_t *sampled;
  const int32_t *labels;
  size_t sampled_count;
  /* Those of them that are matched to a ground truth, in ascending order, with its box, and with that as the
   * stage's box coder encodes it: not finite for a prior without area, as a rule. */
  const size_t *positives;
  const losskit_box *boxes;
  const float *box_targets; /* [positive_count][4] */
  size_t positive_count;
  /* For each prior what the row weight reads, as in losskit_image and losskit_sampling; else NULL and 0.
   * Predictions of priors without a weight, as `scope` says, mean nothing. */
  const float *scores;
  size_t class_count;
  const losskit_box *predicted_boxes;
  const float *overlaps;
  const float *quality;
  /* Receives a finite number of 0 or more for each sampled prior, or for each positive one, as the row
   * weight's `scope` says. Each is NaN at first, which none may stay. */
  float *weights;
} losskit_rows;

/* Which priors have a weight. */
#define LOSSKIT_SAMPLED_ROWS 1u  /* all that count */
#define LOSSKIT_POSITIVE_ROWS 2u /* those that count and are matched to a ground truth */

/* How much each row of a term counts. */
typedef struct losskit_row_weight {
  losskit_component component;
  /* LOSSKIT_SAMPLED_ROWS or LOSSKIT_POSITIVE_ROWS. */
  uint32_t scope;
  /* A sum of LOSSKIT_SCORES, LOSSKIT_BOXES, LOSSKIT_OVERLAPS and LOSSKIT_QUALITY, or 0. */
  uint32_t reads;
  int (*weigh)(const losskit_instance *instance, const losskit_rows *rows, char *error,
               size_t error_size);
} losskit_row_weight;

/* ---- The table --------------------------------------------------------------------------------- */

/* What a plugin holds: up to 1024 parts of each kind, and one at least. */
typedef struct losskit_table {
  /* LOSSKIT_ABI_VERSION. */
  uint32_t abi_version;
  /* The first part of the registered names, such as that of your project; letters as for parameters. */
  const char *name;
  const losskit_loss *losses;
  size_t loss_count;
  /* Not in version 1. */
  const losskit_assigner *assigners;
  size_t assigner_count;
  const losskit_match_cost *match_costs;
  size_t match_cost_count;
  const losskit_sampler *samplers;
  size_t sampler_count;
  const losskit_row_weight *row_weights;
  size_t row_weight_count;
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
