/// A package with a loss in C.
struct CPackage: NewLossPackage {
  let name: NewLossName

  var library: String { "lib\(name.name).so" }

  var commands: (build: String, test: String) { ("make", "make test") }

  var source: String { "\(name.name).c" }

  func files(in folder: String) -> KeyValuePairs<String, String> {
    [
      "Makefile": makefile,
      source: loss,
      "test.c": test,
      "losskit_plugin.h": String(decoding: PackageResources.losskit_plugin_h, as: UTF8.self),
      ".gitignore": "*.so\n/run_test\n",
    ]
  }

  private var makefile: String {
    """
    CFLAGS = -std=c99 -O2 -ffp-contract=off -Wall -Wextra -fPIC

    \(library): \(source) losskit_plugin.h
    \t$(CC) $(CFLAGS) -shared -o $@ $< -lm

    .PHONY: test
    test: run_test
    \t./run_test

    run_test: test.c \(source) losskit_plugin.h
    \t$(CC) $(CFLAGS) -o $@ test.c \(source) -lm

    """
  }

  private var loss: String {
    #"""
    /* Half the squared difference, `scale` times: put your formula in its place. */
    #include "losskit_plugin.h"

    static int evaluate(const losskit_instance *instance, const losskit_block *block, char *error,
                        size_t error_size) {
      (void)error; /* for a reason, if a row can't be evaluated and this returns other than 0 */
      (void)error_size;
      const float scale = (float)instance->parameters[0].number;
      const size_t count = block->row_count * block->width;
      for (size_t i = 0; i < count; i++) {
        const float x = block->predictions[i] - block->targets[i];
        block->values[i] = 0.5f * scale * x * x;
        if (block->gradient != NULL) block->gradient[i] = scale * x;
      }
      return 0;
    }

    static const losskit_value one = {.type = LOSSKIT_NUMBER, .number = 1};

    static const losskit_parameter parameters[] = {{
        .name = "scale",
        .meaning = "What the loss is multiplied by.",
        .type = LOSSKIT_NUMBER,
        .bounds = LOSSKIT_ABOVE,
        .minimum = 0,
        .default_value = &one,
    }};

    static const losskit_loss losses[] = {{
        .name = "\#(name.name)",
        .summary = "Half the squared difference, scaled.",
        .formula = "x = prediction - target\n"
                   "l = 0.5 scale x^2\n"
                   "dl/dx = scale x",
        .source = "The paper that it comes from",
        .parameters = parameters,
        .parameter_count = 1,
        .targets = LOSSKIT_DENSE,
        .values = LOSSKIT_PER_ELEMENT,
        .flags = LOSSKIT_THREAD_SAFE | LOSSKIT_READS_DIFFERENCE,
        .evaluate = evaluate,
    }};

    static const losskit_table table = {
        .abi_version = LOSSKIT_ABI_VERSION,
        .name = "\#(name.name)",
        .losses = losses,
        .loss_count = 1,
    };

    const losskit_table *losskit_plugin(void) { return &table; }

    """#
  }

  private var test: String {
    #"""
    /* Holds the gradient of the loss with default parameters against differences of values. */
    #include <math.h>
    #include <stdio.h>

    #include "losskit_plugin.h"

    static losskit_instance instance;

    /* The loss of a prediction against 0; writes its derivative. */
    static float evaluate(const losskit_loss *loss, float prediction, float *derivative) {
      const float target = 0;
      float value = 0;
      char error[512] = "";
      const losskit_block block = {.row_count = 1,
                                   .width = 1,
                                   .predictions = &prediction,
                                   .targets = &target,
                                   .values = &value,
                                   .gradient = derivative};
      if (loss->evaluate(&instance, &block, error, sizeof error) != 0) {
        printf("%s fails: %s\n", loss->name, error);
        return NAN;
      }
      return value;
    }

    int main(void) {
      const losskit_loss *loss = &losskit_plugin()->losses[0];
      losskit_value values[64];
      for (size_t i = 0; i < loss->parameter_count; i++) {
        values[i] = *loss->parameters[i].default_value;
      }
      instance.user = loss->user;
      instance.parameters = values;
      instance.parameter_count = loss->parameter_count;

      /* Add the places where your formula changes. */
      const float inputs[] = {-20, -3, -0.5f, -0.1f, 0, 0.1f, 0.5f, 3, 20};
      const float step = 1e-2f; /* wide, because floats are coarse */
      int failures = 0;
      for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        const float x = inputs[i];
        const float above = x + step, below = x - step;
        float gradient = 0;
        const float value = evaluate(loss, x, &gradient);
        const float left = (value - evaluate(loss, below, NULL)) / (x - below);
        const float right = (evaluate(loss, above, NULL) - value) / (above - x);
        const float tolerance = 5e-3f * fmaxf(1, fmaxf(fabsf(left), fabsf(right)));
        /* The derivative lies between the slopes on both sides, at a kink too. */
        if (!(fminf(left, right) - tolerance <= gradient &&
              gradient <= fmaxf(left, right) + tolerance)) {
          printf("at %g: gradient %g, slopes %g and %g\n", x, gradient, left, right);
          failures++;
        }
      }
      printf("%s: %s\n", loss->name, failures == 0 ? "the gradient is right" : "FAILED");
      return failures != 0;
    }

    """#
  }
}
