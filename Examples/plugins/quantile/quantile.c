/*
 * The quantile loss, also called pinball loss: l = max(q x, (q - 1) x) with x = target - prediction.
 * Its minimum is where a share q of the targets lies below the prediction.
 */
#include "losskit_plugin.h"

static int evaluate(const losskit_instance *instance, const losskit_block *block, char *error,
                    size_t error_size) {
  (void)error;
  (void)error_size;
  const float q = (float)instance->parameters[0].number;
  const size_t count = block->row_count * block->width;
  for (size_t i = 0; i < count; i++) {
    const float x = block->targets[i] - block->predictions[i];
    const float derivative = x > 0 ? q : q - 1;
    block->values[i] = derivative * x;
    if (block->gradient != NULL) block->gradient[i] = -derivative;
  }
  return 0;
}

static const losskit_value median = {.type = LOSSKIT_NUMBER, .number = 0.5};

static const losskit_parameter parameters[] = {{
    .name = "quantile",
    .meaning = "Share of the targets that is to lie below the prediction.",
    .type = LOSSKIT_NUMBER,
    .bounds = LOSSKIT_AT_LEAST | LOSSKIT_AT_MOST,
    .minimum = 0,
    .maximum = 1,
    .default_value = &median,
}};

static const losskit_loss losses[] = {{
    .name = "quantile",
    .summary = "Absolute difference with a weight for each side.",
    .formula = "x = target - prediction\n"
               "l = quantile x where x > 0, (quantile - 1) x beyond\n"
               "dl/dprediction = -quantile where x > 0, 1 - quantile beyond",
    .source = "Koenker and Bassett 1978, Econometrica 46",
    .parameters = parameters,
    .parameter_count = 1,
    .targets = LOSSKIT_DENSE,
    .values = LOSSKIT_PER_ELEMENT,
    .flags = LOSSKIT_THREAD_SAFE | LOSSKIT_READS_DIFFERENCE,
    .evaluate = evaluate,
}};

static const losskit_table table = {
    .abi_version = LOSSKIT_ABI_VERSION,
    .name = "acme",
    .losses = losses,
    .loss_count = 1,
};

const losskit_table *losskit_plugin(void) { return &table; }
