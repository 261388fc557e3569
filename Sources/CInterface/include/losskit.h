/*
 * losskit.h: LossKit's training objectives from any language that speaks C.
 *
 * A recipe is made into an objective once; the objective then compares the tensors of a model with the
 * objects of a batch, as often as there are steps, and says what the terms come to and what the gradient
 * by each tensor is. The recipe is the same file as behind the command `losskit` and in Swift.
 *
 *     losskit_objective *objective = NULL;
 *     losskit_error *error = losskit_objective_create(NULL, "retinanet_torchvision", 0, NULL, 0, &objective);
 *     ...
 *     error = losskit_evaluate(objective, &evaluation);
 *     ...
 *     losskit_objective_free(objective);
 *
 * Errors. A function that can fail returns NULL where all went well, and else an error, which the caller
 * frees; what it would have written is then undefined, and a handle that it would have made is NULL. No
 * input makes the process end, as long as pointers lead to as many elements as is said.
 *
 * Threads. Every function may be called from several threads at once, on the same handles too; but a handle
 * is freed once, after the last call with it. Results never depend on the number of threads. A process that
 * was forked may go on with handles that no other thread was using when it was.
 *
 * Ownership. What is passed in stays the caller's, and isn't kept after the call; the parts of a table are
 * the one exception. What is made is freed by the function that is named for it; every such function takes NULL
 * too. Texts are UTF-8 and end with a zero byte.
 *
 * Versions. Members and functions are only ever added at the end and under new names; where that isn't
 * enough, LOSSKIT_INTERFACE_VERSION is raised.
 */
#ifndef LOSSKIT_H
#define LOSSKIT_H

#include <losskit_plugin.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header. */
#define LOSSKIT_INTERFACE_VERSION 1u

/* The LOSSKIT_INTERFACE_VERSION of the library that was loaded. */
LOSSKIT_EXPORT uint32_t losskit_interface_version(void);

/* What the library is: a JSON object with "version", "instructions" (the widest that kernels use here),
 * "threads" (how many are used where a call says 0) and "recipes" (the names of those that come with it).
 * The caller frees it by losskit_text_free. */
LOSSKIT_EXPORT char *losskit_about(void);

/* Frees a text. */
LOSSKIT_EXPORT void losskit_text_free(char *text);

/* ---- Errors ------------------------------------------------------------------------------------ */

#define LOSSKIT_INVALID_INPUT 1u  /* a tensor, a box, a label or an argument can't be used */
#define LOSSKIT_MISSING 2u        /* a name leads nowhere: a prediction that a term reads, a stage */
#define LOSSKIT_INVALID_RECIPE 3u /* a recipe is wrong, or a component of one; see `diagnostics` */
#define LOSSKIT_NOT_FINITE 4u     /* a prediction, or what became of one, is NaN or infinite */

/* What went wrong. */
typedef struct losskit_error {
  /* One of the above. */
  uint32_t code;
  /* The index of the image in its batch, -1 where that isn't known. */
  int64_t image;
  /* What, where, what was expected and what to do. */
  const char *message;
  /* For LOSSKIT_INVALID_RECIPE a JSON array of objects with "file", "line", "column", "path", "message" and
   * "suggestion", the last NULL or a name; else NULL. */
  const char *diagnostics;
} losskit_error;

/* Frees an error and its texts. */
LOSSKIT_EXPORT void losskit_error_free(losskit_error *error);

/* ---- Components -------------------------------------------------------------------------------- */

/* The components that recipes may name. */
typedef struct losskit_registry losskit_registry;

/* A registry of the components that come with the library. */
LOSSKIT_EXPORT losskit_error *losskit_registry_create(losskit_registry **registry);

/* Registers the parts of a table, as losskit_plugin.h describes it, under "table/part". The table, and all
 * that it points to, must stay as it is until the process ends. A part is called on any thread. Objectives
 * that were made before don't know of it. */
LOSSKIT_EXPORT losskit_error *losskit_registry_add(losskit_registry *registry,
                                                   const losskit_table *table);

/* Loads a plugin, whose code runs with all rights of the process, and registers its parts. */
LOSSKIT_EXPORT losskit_error *losskit_registry_load(losskit_registry *registry, const char *path);

/* The components: a JSON array of objects as `losskit show --json` prints them, with "kind", "name",
 * "summary", "formula", "source", "origin" and "parameters". The caller frees it by losskit_text_free. */
LOSSKIT_EXPORT char *losskit_registry_list(const losskit_registry *registry);

/* Frees a registry; objectives that were made with it stay. */
LOSSKIT_EXPORT void losskit_registry_free(losskit_registry *registry);

/* ---- Objectives -------------------------------------------------------------------------------- */

/* A recipe that was checked, with everything that it names. Never changes. */
typedef struct losskit_objective losskit_objective;

/* `recipe` is the text of a recipe rather than its name or path. */
#define LOSSKIT_RECIPE_TEXT 1u
/* Shared libraries that the recipe names are loaded, which runs their code. */
#define LOSSKIT_ALLOW_PLUGINS 2u

/* Makes an objective.
 *
 * registry: what recipes may name; NULL for what comes with the library.
 * recipe: the name of a recipe that comes with the library, the path of a file, or a text.
 * flags: a sum of the above, or 0.
 * settings: `setting_count` texts such as "stages.rpn.sampler.count=128", as `losskit evaluate --set` takes
 * them: a path, and a value in JSON. */
LOSSKIT_EXPORT losskit_error *losskit_objective_create(
    const losskit_registry *registry, const char *recipe, uint32_t flags,
    const char *const *settings, size_t setting_count, losskit_objective **objective);

/* Frees an objective. */
LOSSKIT_EXPORT void losskit_objective_free(losskit_objective *objective);

/* Makes the same objective with priors of the caller's, the same for all images, in the place of those that
 * the recipe has a stage make: for models with a generator of their own. Then a term may lie on no feature
 * map (layout "n p c") where the stage's priors did.
 *
 * priors: as losskit_plugin.h has them; without levels for one level on no feature map. */
LOSSKIT_EXPORT losskit_error *losskit_objective_with_priors(const losskit_objective *objective,
                                                            const char *stage,
                                                            const losskit_priors *priors,
                                                            losskit_objective **result);

/* The recipe as JSON, with all that it extends and every setting. Belongs to the objective. */
LOSSKIT_EXPORT const char *losskit_objective_recipe(const losskit_objective *objective);

/* What the objective reads, as JSON. Belongs to the objective.
 *
 * An object with "name"; "predictions", the names of all prediction tensors in the order in which they are
 * passed; and "stages", each an object with "name"; "priors" and "assigner", their types; "source", the
 * stage that its priors are made from, or null; "priors_per_cell", a number a level, or null where priors
 * lie on no feature map; "reads_predictions", whether its targets need its predictions; and "terms", in the
 * order in which results are written, each an object with "name", "predictions", "layout", "target", "loss",
 * "columns" (how many the loss reads a row; null where the tensor tells), "class_columns" (of a term of
 * classes how many columns one foreground class and the background take together; else null), "background"
 * ("first", "last" or "none"), "activation", "class_specific" (whether there is a row for each class),
 * "weight", "remembers" (whether its normalizer is a running mean) and "loss_remembers" (whether its loss does). */
LOSSKIT_EXPORT const char *losskit_objective_description(const losskit_objective *objective);

/* ---- Tensors ----------------------------------------------------------------------------------- */

/* The types of elements. */
#define LOSSKIT_FLOAT32 1u
#define LOSSKIT_FLOAT64 2u
#define LOSSKIT_FLOAT16 3u
#define LOSSKIT_BFLOAT16 4u
#define LOSSKIT_INT64 5u
#define LOSSKIT_BOOL 6u /* a byte, 0 or 1 */

/* A tensor, where it lies. */
typedef struct losskit_tensor {
  /* The first element; NULL where there is no tensor, or one without elements. */
  const void *data;
  /* The length of each axis, outermost first. */
  const int64_t *shape;
  /* The elements between neighbours along each axis; NULL where the last axis is the fastest and there are
   * no gaps. */
  const int64_t *strides;
  uint32_t rank;
  /* LOSSKIT_FLOAT32 to LOSSKIT_BOOL; 0 where there is no tensor. */
  uint32_t type;
} losskit_tensor;

/* A tensor with its name. */
typedef struct losskit_named_tensor {
  const char *name;
  losskit_tensor tensor;
} losskit_named_tensor;

/* ---- Batches ----------------------------------------------------------------------------------- */

/* One image: its size, and what is on it. Boxes are x1, y1, x2, y2 in pixels. */
typedef struct losskit_batch_image {
  int64_t height;
  int64_t width;
  /* The size to which the image by itself is padded, beyond which priors may be ignored; 0 where that isn't
   * known, or makes no difference. */
  int64_t padded_height;
  int64_t padded_width;
  /* [object_count][4]. */
  const float *boxes;
  /* [object_count]: the class of each object, 1 and up. */
  const int64_t *labels;
  /* [object_count]: other than 0 where a box is a region in which priors are ignored, such as a crowd, and
   * no object; NULL where none is. */
  const uint8_t *ignored;
  size_t object_count;
  /* [proposal_count][4]; NULL where the image came without proposals. */
  const float *proposals;
  size_t proposal_count;
} losskit_batch_image;

/* Which priors of a stage a recorded draw took, for the sampler "recorded". */
typedef struct losskit_record {
  const char *stage;
  /* [count], images outermost, then priors in order. */
  const uint8_t *sampled;
  size_t count;
} losskit_record;

/* The images that a step is made of. */
typedef struct losskit_batch {
  /* [image_count], in the order of the predictions' images. */
  const losskit_batch_image *images;
  size_t image_count;
  const losskit_record *records;
  size_t record_count;
  /* Counts training steps: samplers draw otherwise in each. */
  int64_t step;
} losskit_batch;

/* ---- Evaluation -------------------------------------------------------------------------------- */

/* What the priors of some stages should predict. Never changes. */
typedef struct losskit_targets losskit_targets;

/* What a term comes to. */
typedef struct losskit_term_result {
  /* The normalized sum, before the weight. */
  double value;
  double weight;
  /* Norms of the weighted term's gradient, of the part of it that comes from positives, and of that from
   * background; NaN where no gradient was asked for. */
  double gradient_norm;
  double positive_gradient_norm;
  double negative_gradient_norm;
  /* Priors that count and are matched to an object, that count as background, and all others. */
  int64_t positives;
  int64_t negatives;
  int64_t ignored;
} losskit_term_result;

/* For processes that train together, each on a batch of its own: replaces what a normalizer of batches has
 * counted by its mean over the processes, so that the mean of their gradients is that of one process with
 * all images. Called on the thread of the caller for each such term, in their order; returns 0, or anything
 * else to make the evaluation fail. */
typedef int (*losskit_average_count)(void *user, double *count);

/* The places for gradients hold zeros already, as fresh memory of calloc does. */
#define LOSSKIT_ZEROED 1u
/* The evaluation has the members from `loss_state` on. */
#define LOSSKIT_LOSS_STATE 2u

/* What a loss remembers. */
typedef struct losskit_numbers {
  double *elements;
  size_t count;
} losskit_numbers;

/* Frees the elements of numbers that the library wrote. */
LOSSKIT_EXPORT void losskit_numbers_free(double *elements);

/* One call: what to compare, and where to put what comes of it. Pointers may be NULL where it isn't said
 * otherwise: for nothing given, or nothing asked for. */
typedef struct losskit_evaluation {
  /* One for each of the objective's predictions, in its order; not NULL. A tensor that isn't there has type
   * 0, which is an error where a term reads it. All are of LOSSKIT_FLOAT64, and evaluated in double
   * precision, or none is. */
  const losskit_tensor *predictions;
  /* The images; NULL where there are targets. */
  const losskit_batch *batch;
  /* What was made before of the same batch; stages that it doesn't have are left out. */
  const losskit_targets *targets;
  /* A running mean for each term as the step before wrote it, NaN where there is none. */
  const double *state;
  losskit_average_count average;
  void *average_user;
  /* How many threads to use; 0 for one a processor. */
  uint32_t threads;
  /* A sum of LOSSKIT_ZEROED and LOSSKIT_LOSS_STATE, or 0. */
  uint32_t flags;

  /* For each prediction, where to write the gradient of the total: as many elements as the prediction has,
   * the last axis the fastest, of LOSSKIT_FLOAT64 if the prediction is and else of LOSSKIT_FLOAT32. NULL
   * for a tensor whose gradient nobody needs. What was there before doesn't matter, unless `flags` say so. */
  void *const *gradients;
  /* The same for each term by itself, weighted: [terms][predictions]. Not together with `gradients`. */
  void *const *term_gradients;
  /* [terms], in the order of the description; not NULL. Terms of stages without targets are all 0. */
  losskit_term_result *terms;
  /* [terms][images]: what the sum of each image was divided by. */
  double *divisors;
  /* [terms]: the running means to give to the next step. */
  double *next_state;
  /* Where to put what is probably wrong with the batch, such as boxes outside of their image: a JSON array
   * of texts, which the caller frees by losskit_text_free, or NULL. To look for it takes time. */
  char **warnings;

  /* With LOSSKIT_LOSS_STATE alone. [terms]: what the loss of each term remembers, as the step before wrote it;
   * no elements before the first step, and for losses that remember nothing. */
  const losskit_numbers *loss_state;
  /* [terms]: the same to give to the next step, whose elements the caller frees by losskit_numbers_free. */
  losskit_numbers *next_loss_state;
} losskit_evaluation;

/* Evaluates an objective: the total is the sum over terms of weight × value. */
LOSSKIT_EXPORT losskit_error *losskit_evaluate(const losskit_objective *objective,
                                               const losskit_evaluation *evaluation);

/* ---- Targets ----------------------------------------------------------------------------------- */

/* Keeps the sampled priors alone: those that a head runs on, whose predictions then have a row for each of
 * them, images outermost. */
#define LOSSKIT_SAMPLED_ALONE 1u

/* Makes the targets of a stage, without looking at predictions that its parts don't read.
 *
 * stage: NULL for all stages of the objective.
 * predictions: one for each of the objective's predictions, as for losskit_evaluate: those that tell the
 * size of the stage's feature maps, or that its assigner reads; NULL where there are none.
 * before: targets of other stages of the same batch, which the new ones will hold too, and from which
 * priors are made where the stage has a source; NULL where there are none.
 * flags: LOSSKIT_SAMPLED_ALONE or 0. */
LOSSKIT_EXPORT losskit_error *losskit_targets_create(
    const losskit_objective *objective, const char *stage, const losskit_batch *batch,
    const losskit_tensor *predictions, const losskit_targets *before, uint32_t flags,
    uint32_t threads, losskit_targets **targets);

/* The tensors of a stage, which belong to the targets. With priors of all images one after another:
 *
 *     priors    FLOAT32 [priors, 4]
 *     image     INT64 [priors]      the image of each
 *     level     INT64 [priors]      its level
 *     assigned  INT64 [priors]      the object of the image, from 0; -1 background, -2 ignored
 *     sampled   BOOL [priors]       whether it counts
 *
 * and for each term, a row a prior that it compares:
 *
 *     TERM.prior        INT64 [rows]             the row in priors
 *     TERM.targets      INT64 [rows]             labels, 0 for background,
 *                    or FLOAT32 [rows, columns]  numbers, such as boxes
 *     TERM.row_weights  FLOAT32 [rows]           if the term has a row weight
 *
 * A term whose target or row weight reads predictions has none of these, unless the stage's assigner or sampler reads
 * predictions too. */
LOSSKIT_EXPORT losskit_error *losskit_targets_tensors(const losskit_targets *targets,
                                                      const char *stage,
                                                      const losskit_named_tensor **tensors,
                                                      size_t *count);

/* Frees targets. */
LOSSKIT_EXPORT void losskit_targets_free(losskit_targets *targets);

/* ---- Single parts ------------------------------------------------------------------------------ */

/* Matches priors with the objects of an image: writes for each prior the index of its object, -1 for
 * background, -2 for ignored. No matrix of overlaps is made.
 *
 * registry: what `assigner` may name; NULL for what comes with the library.
 * assigner: a name, or JSON such as {"type": "max_iou", "positive_iou": 0.6}.
 * image: as losskit_plugin.h has it, with scores and predicted boxes for assigners that read them. Without
 * levels for one level on no feature map; without labels for those of one class. */
LOSSKIT_EXPORT losskit_error *losskit_match(const losskit_registry *registry, const char *assigner,
                                            const losskit_image *image, uint32_t threads,
                                            int64_t *matches);

/* Non-maximum suppression: walks the boxes by descending score, equal ones by index, and keeps each that no
 * kept box overlaps by an IoU above `threshold`.
 *
 * boxes: [count][4].
 * labels: [count]: boxes of different labels don't suppress each other; NULL where all may.
 * kept: room for `count` indices, of which `kept_count` are written, in the order of the walk. */
LOSSKIT_EXPORT losskit_error *losskit_nms(const float *boxes, const float *scores,
                                          const int64_t *labels, size_t count, double threshold,
                                          int64_t *kept, size_t *kept_count);

/* An image that a detector looked at. */
typedef struct losskit_detected_image {
  /* What is on it: boxes [object_count][4], labels from 1 or 0 for a region that is ignored for all classes,
   * areas (NULL for those of the boxes), crowds (NULL where none is). */
  const float *boxes;
  const int64_t *labels;
  const double *areas;
  const uint8_t *crowds;
  size_t object_count;
  /* What was found: boxes [detection_count][4], labels from 1, and scores. */
  const float *detection_boxes;
  const int64_t *detection_labels;
  const float *detection_scores;
  size_t detection_count;
} losskit_detected_image;

/* COCO's metrics: AP, AP50, AP75, AP_small, AP_medium, AP_large, AR_1, AR_10, AR_100, AR_small, AR_medium,
 * AR_large, and after these twelve the AP of each class. NaN where there is no object to find.
 *
 * values: [12 + class_count]. */
LOSSKIT_EXPORT losskit_error *losskit_metrics(const losskit_detected_image *images,
                                              size_t image_count, size_t class_count,
                                              uint32_t threads, double *values);

#ifdef __cplusplus
}
#endif

#endif
