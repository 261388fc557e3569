import LossKit

/// A loss as the text of a program.
struct LossExport {
  /// The languages.
  enum Language: String, CaseIterable {
    case swift, pytorch, c
  }

  let declaration: Declaration
  let loss: TracedLoss
  /// The values of the parameters, as a comment tells them.
  let settings: String

  /// The text in a language.
  func text(in language: Language) -> String {
    switch language {
    case .swift: swift
    case .pytorch: pyTorch
    case .c: c
    }
  }

  private func lines(
    in syntax: FormulaSyntax, _ values: [(name: String, value: TracedValue)],
    keepsConstants: Bool = false, _ line: (FormulaListing.Line) -> String
  ) -> String {
    FormulaListing(values, in: syntax, keepsConstants: keepsConstants).lines.map(line)
      .joined(separator: "\n")
  }

  private var results: [(name: String, value: TracedValue)] {
    [("value", loss.value)] + zip(loss.derivativeNames, loss.derivatives).map { ($0, $1) }
  }

  /// The name in parts, without what only names of plugins have.
  private var words: [Substring] { declaration.name.split { "_/".contains($0) } }

  private var typeName: String {
    words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  private var functionName: String { words.joined(separator: "_") }

  // MARK: Swift

  private var swift: String {
    let kind =
      loss.isOfBoxes ? "BoxPairLoss" : loss.derivesItself ? "FormulaLoss" : "ElementwiseLoss"
    let values = loss.derivesItself ? [("value", loss.value)] : results
    let body = lines(in: .swift, values, keepsConstants: true) { line in
      "    let \(line.name)\(line.isCondition ? "" : ": Value") = \(line.text)"
    }
    let signature =
      loss.isOfBoxes
      ? """
        func loss<Value: FormulaValue>(
          _ prediction: FormulaBox<Value>, against target: FormulaBox<Value>
        ) -> Value
      """
      : loss.derivesItself
        ? "  func loss<Value: FormulaValue>(_ prediction: Value, against target: Value) -> Value"
        : """
          func evaluate<Value: FormulaValue>(
            _ prediction: Value, against target: Value
          ) -> (value: Value, derivative: Value)
        """
    let result = loss.derivesItself ? "value" : "(value, dl_dprediction)"
    return """
      import LossKit

      /// \(declaration.summary)
      ///
      /// Made by `losskit export \(declaration.name) --to swift`\(settings).
      struct \(typeName)Loss: \(kind) {
        static let declaration = Declaration(
          name: "\(functionName)_export",
          summary: \(declaration.summary.debugDescription),
          formula: \(declaration.formula.debugDescription),
          source: \(declaration.source.debugDescription))

        init(parameters: Parameters) {}

        @inline(__always)
      \(signature) {
      \(body)
          return \(result)
        }
      }

      """
  }

  // MARK: PyTorch

  private var pyTorch: String {
    let body = lines(in: .pyTorch, results) { "        \($0.name) = \($0.text)" }
    let names = loss.derivativeNames
    let unbind =
      loss.isOfBoxes
      ? """
              x1, y1, x2, y2 = prediction.unbind(-1)
              target_x1, target_y1, target_x2, target_y2 = target.unbind(-1)

      """ : ""
    let broadcast = names.map { "\($0) + torch.zeros_like(value)" }.joined(separator: ", ")
    let derivative = loss.isOfBoxes ? "torch.stack((\(broadcast)), -1)" : broadcast
    let gradient = loss.isOfBoxes ? "gradient.unsqueeze(-1)" : "gradient"
    let shape =
      loss.isOfBoxes
      ? "boxes x1, y1, x2, y2, [..., 4], and has a value a box" : "numbers of any shape"
    return """
      # \(declaration.summary)
      # Made by losskit export \(declaration.name) --to pytorch\(settings).
      import torch


      class \(typeName)(torch.autograd.Function):
          @staticmethod
          def forward(ctx, prediction, target):
              number = prediction.new_tensor
      \(unbind)\(body)
              zeros = torch.zeros_like(\(loss.isOfBoxes ? "x1" : "prediction"))
              value = value + zeros
              ctx.save_for_backward(\(derivative))
              return value

          @staticmethod
          def backward(ctx, gradient):
              (derivative,) = ctx.saved_tensors
              return \(gradient) * derivative, None


      def \(functionName)(prediction, target, reduction="mean"):
          \"""Compares \(shape).\"""
          value = \(typeName).apply(prediction, target)
          if reduction == "none":
              return value
          return value.sum() if reduction == "sum" else value.mean()

      """
  }

  // MARK: C

  private var c: String {
    let body = lines(in: .c, results) { line in
      "    const \(line.isCondition ? "int" : "float") \(line.name) = \(line.text);"
    }
    let reading =
      loss.isOfBoxes
      ? """
          const float *p = block->predictions + 4 * i;
          const float *t = block->targets + 4 * i;
      """
      : """
          const float prediction = block->predictions[i];
          const float target = block->targets[i];
          (void)target;
      """
    let writing = loss.derivativeNames.enumerated().map { index, name in
      let place = loss.isOfBoxes ? "4 * i + \(index)" : "i"
      return "      block->gradient[\(place)] = \(name);"
    }.joined(separator: "\n")
    let text = declaration.formula.debugDescription
    return """
      /* \(declaration.summary)
         Made by losskit export \(declaration.name) --to c\(settings). */
      #include <math.h>

      #include "losskit_plugin.h"

      static inline float sigmoid(float x) {
        const float e = expf(-fabsf(x));
        return x < 0 ? e / (1 + e) : 1 / (1 + e);
      }

      static inline float softplus(float x) { return fmaxf(x, 0) + log1pf(expf(-fabsf(x))); }

      static int evaluate(const losskit_instance *instance, const losskit_block *block, char *error,
                          size_t error_size) {
        (void)instance;
        (void)error;
        (void)error_size;
        (void)sigmoid;
        (void)softplus;
        const size_t count = block->row_count\(loss.isOfBoxes ? "" : " * block->width");
        for (size_t i = 0; i < count; i++) {
      \(reading)
      \(body)
          block->values[i] = value;
          if (block->gradient != NULL) {
      \(writing)
          }
        }
        return 0;
      }

      static const losskit_loss losses[] = {{
          .name = "\(functionName)",
          .summary = \(declaration.summary.debugDescription),
          .formula = \(text),
          .source = \(declaration.source.debugDescription),
          .targets = \(loss.isOfBoxes ? "LOSSKIT_BOX_PAIRS" : "LOSSKIT_DENSE"),
          .values = \(loss.isOfBoxes ? "LOSSKIT_PER_ROW" : "LOSSKIT_PER_ELEMENT"),
          .flags = LOSSKIT_THREAD_SAFE,
          .evaluate = evaluate,
      }};

      static const losskit_table table = {
          .abi_version = LOSSKIT_ABI_VERSION,
          .name = "\(functionName)",
          .losses = losses,
          .loss_count = 1,
      };

      const losskit_table *losskit_plugin(void) { return &table; }

      """
  }
}
