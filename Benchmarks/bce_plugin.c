/* Binary cross-entropy on logits: l = max(x, 0) - x y + log(1 + exp(-|x|)). */
#include "losskit_plugin.h"

#include <math.h>

static int evaluate(const losskit_instance *instance, const losskit_block *block, char *error,
                    size_t error_size) {
  (void)instance;
  (void)error;
  (void)error_size;
  const size_t count = block->row_count * block->width;
  for (size_t i = 0; i < count; i++) {
    const float x = block->predictions[i], y = block->targets[i];
    const float e = expf(-fabsf(x));
    block->values[i] = fmaxf(x, 0) - x * y + log1pf(e);
    if (block->gradient != NULL) block->gradient[i] = (x < 0 ? e : 1) / (1 + e) - y;
  }
  return 0;
}

static const losskit_loss losses[] = {{
    .name = "bce_with_logits",
    .summary = "Binary cross-entropy on logits.",
    .formula = "l = max(x, 0) - x y + log(1 + exp(-|x|))",
    .source = "torch.nn.functional.binary_cross_entropy_with_logits",
    .targets = LOSSKIT_DENSE,
    .values = LOSSKIT_PER_ELEMENT,
    .flags = LOSSKIT_THREAD_SAFE,
    .evaluate = evaluate,
}};

static const losskit_table table = {
    .abi_version = LOSSKIT_ABI_VERSION, .name = "bench", .losses = losses, .loss_count = 1};

const losskit_table *losskit_plugin(void) { return &table; }
