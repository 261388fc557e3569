import LossKit

extension PackageTemplate {
  /// Half a squared difference.
  static let loss = PackageTemplate(
    kind: .loss, title: "A loss", array: "losses", rule: "formula",
    test: "holds the gradient against differences of values", example: "charbonnier",
    trial: { name, library in
      """
      Hold its gradient against differences of values by LossKit too, over random, extreme and kinked inputs,
      and try it on numbers:

          losskit gradcheck \(name.registered) --plugin \(library)
          losskit try \(name.registered) --plugin \(library) --predictions "1 2" --targets "0 4"
      """
    },
    c: { name in
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

      """#
    },
    cTest: { _ in
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
    },
    swift: { name in
      """
      import LossKitPlugin

      /// Half the squared difference, `scale` times: put your formula in its place.
      struct \(name.type): FormulaLoss {
        static let scale = Parameter(
          "scale", .number(.above(0)), default: 1, help: "What the loss is multiplied by.")

        static let declaration = Declaration(
          name: "\(name.name)",
          summary: "Half the squared difference, scaled.",
          formula: \"""
            x = prediction - target
            l = 0.5 scale x^2
            \""",
          source: "The paper that it comes from",
          parameters: [scale])

        private let scale: Double

        init(parameters: Parameters) { scale = parameters[Self.scale] }

        // Nothing else is read of the two. Leave this out where your formula reads more.
        var readsDifference: Bool { true }

        // The gradient comes from this.
        @inline(__always)
        func loss<Value: FormulaValue>(_ prediction: Value, against target: Value) -> Value {
          let x = prediction - target
          return 0.5 * Value(scale) * x * x
        }
      }

      """
    },
    swiftTests: { name in
      """
      import LossKitPlugin
      import Testing

      @testable import \(name.module)

      /// Holds the gradient against differences of values, in double precision.
      ///
      /// The derivative lies between the slopes to the left and to the right of x, at a kink too. Add the
      /// places where your formula changes to the arguments.
      @Test(arguments: [-20, -3, -0.5, -0.01, 0, 0.01, 0.5, 3, 20])
      func theGradientIsTheDerivative(x: Double) throws {
        let loss = try \(name.type)()
        func evaluate(_ x: Double) throws -> LossResult<Double> {
          try loss.evaluate(
            Tensor(shape: [1, 1], elements: [x]),
            targets: .dense(Tensor(shape: [1, 1], elements: [0])))
        }
        let step = 1e-5
        let value = try evaluate(x).value
        let left = try (value - evaluate(x - step).value) / step
        let right = try (evaluate(x + step).value - value) / step
        let gradient = try #require(try evaluate(x).gradient?.elements.first)
        let tolerance = 1e-6 * max(1, abs(left), abs(right))
        #expect(min(left, right) - tolerance <= gradient)
        #expect(gradient <= max(left, right) + tolerance)
      }

      """
    })
}
