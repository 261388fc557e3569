// Loads a recipe, evaluates it and prints: what the header promises, from C.
#include <losskit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int fail(const char *what, losskit_error *error) {
  printf("%s: %s\n", what, error != NULL ? error->message : "no error");
  return 1;
}

// Prints what an error says, and expects its code.
static int expect(losskit_error *error, uint32_t code, const char *what) {
  if (error == NULL || error->code != code) return fail(what, error);
  printf("%s: %s\n", what, error->message);
  losskit_error_free(error);
  return 0;
}

int main(int argc, char **argv) {
  const char *recipe = argv[argc - 1];
  if (losskit_interface_version() != LOSSKIT_INTERFACE_VERSION) return fail("version", NULL);
  char *about = losskit_about();
  printf("about: %s\n", about);
  losskit_text_free(about);

  const char *settings[] = {"stages.dense.terms.box.weight=2"};
  losskit_objective *objective = NULL;
  losskit_error *error =
      losskit_objective_create(NULL, recipe, LOSSKIT_RECIPE_TEXT, settings, 1, &objective);
  if (error != NULL) return fail("create", error);
  printf("description: %s\n", losskit_objective_description(objective));

  const int64_t score_shape[] = {1, 2, 2, 2}, delta_shape[] = {1, 4, 2, 2};
  float scores[8] = {0};
  double deltas[16] = {0.5, 9, 9, 9, 0, 9, 9, 9, 0, 9, 9, 9, 2, 9, 9, 9};
  float float_deltas[16];
  for (int i = 0; i < 16; i++) float_deltas[i] = (float)deltas[i];
  losskit_tensor predictions[] = {
      {.data = scores, .shape = score_shape, .rank = 4, .type = LOSSKIT_FLOAT32},
      {.data = float_deltas, .shape = delta_shape, .rank = 4, .type = LOSSKIT_FLOAT32},
  };
  const float boxes[] = {0, 0, 16, 16};
  const int64_t labels[] = {1};
  const losskit_batch_image image = {
      .height = 32, .width = 32, .boxes = boxes, .labels = labels, .object_count = 1};
  const losskit_batch batch = {.images = &image, .image_count = 1};
  float score_gradient[8], delta_gradient[16];
  memset(score_gradient, 0xFF, sizeof score_gradient);
  memset(delta_gradient, 0xFF, sizeof delta_gradient);
  void *gradients[] = {score_gradient, delta_gradient};
  losskit_term_result terms[2];
  losskit_evaluation evaluation = {
      .predictions = predictions, .batch = &batch, .gradients = gradients, .terms = terms};
  error = losskit_evaluate(objective, &evaluation);
  if (error != NULL) return fail("evaluate", error);
  for (int term = 0; term < 2; term++)
    printf("term: %.6f %.6f %lld %lld\n", terms[term].value, terms[term].weight,
           (long long)terms[term].positives, (long long)terms[term].negatives);
  printf("gradient: %.6f %.6f %.6f %.6f\n", score_gradient[0], score_gradient[4],
         delta_gradient[0], delta_gradient[12]);

  // What can't be used is told, and nothing more.
  if (expect(losskit_evaluate(NULL, &evaluation), LOSSKIT_INVALID_INPUT, "no objective")) return 1;
  if (expect(losskit_evaluate(objective, NULL), LOSSKIT_INVALID_INPUT, "no evaluation")) return 1;
  predictions[0].type = 0;
  if (expect(losskit_evaluate(objective, &evaluation), LOSSKIT_MISSING, "missing")) return 1;
  predictions[0].type = LOSSKIT_INT64;
  if (expect(losskit_evaluate(objective, &evaluation), LOSSKIT_INVALID_INPUT, "type")) return 1;
  predictions[0].type = LOSSKIT_FLOAT32;
  scores[3] = NAN;
  if (expect(losskit_evaluate(objective, &evaluation), LOSSKIT_NOT_FINITE, "NaN")) return 1;
  scores[3] = 0;
  losskit_objective *none = NULL;
  error = losskit_objective_create(NULL, "{\"stages\": 3}", LOSSKIT_RECIPE_TEXT, NULL, 0, &none);
  if (error != NULL) printf("diagnostics: %s\n", error->diagnostics);
  if (expect(error, LOSSKIT_INVALID_RECIPE, "recipe") || none != NULL) return 1;

  // A forked process goes on, on several threads too.
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    evaluation.threads = 4;
    error = losskit_evaluate(objective, &evaluation);
    _exit(error == NULL ? 0 : 1);
  }
  int status = 1;
  waitpid(child, &status, 0);
  printf("forked: %d\n", status);

  losskit_objective_free(objective);
  losskit_objective_free(NULL);
  losskit_error_free(NULL);
  return 0;
}
