import LossKit

extension PackageTemplate {
  /// The middle of each box.
  static let assigner = PackageTemplate(
    kind: .assigner, title: "An assigner", array: "assigners", rule: "rule",
    test: "holds it against a scene worked out by hand",
    example: "middle",
    trial: { name, library in
      """
      See what it matches, as a table and as numbers for another program:

          losskit targets recipe.json bundle.safetensors --plugin \(library) \\
              --set stages.STAGE.assigner=\(name.registered) --output targets.safetensors
      """
    },
    c: { name in
      #"""
      /* Matches a prior to the first ground truth in whose middle its centre lies: put your rule in its
       * place. */
      #include <math.h>

      #include "losskit_plugin.h"

      /* Whether the centre of a prior lies in the middle of a box: in a share of each of its sides. */
      static int is_inside(losskit_box prior, losskit_box box, float share) {
        const float x = (prior.x1 + prior.x2 - box.x1 - box.x2) / 2;
        const float y = (prior.y1 + prior.y2 - box.y1 - box.y2) / 2;
        return fabsf(x) < share * (box.x2 - box.x1) / 2 && fabsf(y) < share * (box.y2 - box.y1) / 2;
      }

      static int assign(const losskit_instance *instance, const losskit_assignment *assignment,
                        char *error, size_t error_size) {
        (void)error; /* for a reason, if this returns other than 0 */
        (void)error_size;
        const float share = (float)instance->parameters[0].number;
        const losskit_ground_truth truth = assignment->image.ground_truth;
        for (size_t i = 0; i < assignment->image.priors.count; i++) {
          const losskit_box prior = assignment->image.priors.boxes[i];
          int32_t match = LOSSKIT_BACKGROUND;
          for (size_t j = 0; j < truth.ignored_region_count; j++) {
            if (is_inside(prior, truth.ignored_regions[j], 1)) match = LOSSKIT_IGNORED;
          }
          for (size_t j = truth.count; j-- > 0;) {
            if (is_inside(prior, truth.boxes[j], share)) match = (int32_t)j;
          }
          assignment->matches[i] = match;
        }
        return 0;
      }

      static const losskit_value half = {.type = LOSSKIT_NUMBER, .number = 0.5};

      static const losskit_parameter parameters[] = {{
          .name = "share",
          .meaning = "Share of a box's sides around its centre in which priors are positive.",
          .type = LOSSKIT_NUMBER,
          .bounds = LOSSKIT_ABOVE | LOSSKIT_AT_MOST,
          .minimum = 0,
          .maximum = 1,
          .default_value = &half,
      }};

      static const losskit_assigner assigners[] = {{
          .component = {.name = "\#(name.name)",
                        .summary = "Each prior is matched to the box in whose middle it lies.",
                        .formula = "positive: centre within share of a box's sides, the first box\n"
                                   "ignored: centre in an ignored region\n"
                                   "background: the rest",
                        .source = "The paper that it comes from",
                        .parameters = parameters,
                        .parameter_count = 1,
                        .flags = LOSSKIT_THREAD_SAFE},
          .assign = assign,
      }};


      """#
    },
    cTest: { _ in
      #"""
      /* Holds the assigner with default parameters against a scene worked out by hand. */
      #include <stdio.h>

      #include "losskit_plugin.h"

      #define PRIORS 5

      int main(void) {
        const losskit_assigner *assigner = &losskit_plugin()->assigners[0];
        const losskit_component *component = &assigner->component;
        losskit_value values[64];
        for (size_t i = 0; i < component->parameter_count; i++) {
          values[i] = *component->parameters[i].default_value;
        }
        const losskit_instance instance = {.user = component->user,
                                           .parameters = values,
                                           .parameter_count = component->parameter_count};

        /* Squares of side 8 in a row, two boxes and a region. */
        const losskit_box priors[PRIORS] = {
            {0, 0, 8, 8}, {8, 0, 16, 8}, {16, 0, 24, 8}, {24, 0, 32, 8}, {32, 0, 40, 8}};
        const losskit_level level = {.count = PRIORS, .stride = 8};
        const losskit_box boxes[] = {{4, 0, 20, 8}, {8, 0, 32, 8}};
        const int32_t labels[] = {1, 2};
        const losskit_box region = {32, 0, 40, 8};
        const int32_t expected[PRIORS] = {LOSSKIT_BACKGROUND, 0, 1, LOSSKIT_BACKGROUND,
                                          LOSSKIT_IGNORED};
        int32_t matches[PRIORS] = {INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN};
        const losskit_assignment assignment = {
            .image = {.priors = {.boxes = priors,
                                 .count = PRIORS,
                                 .levels = &level,
                                 .level_count = 1},
                      .ground_truth = {.boxes = boxes,
                                       .labels = labels,
                                       .count = 2,
                                       .ignored_regions = &region,
                                       .ignored_region_count = 1},
                      .width = 40,
                      .height = 8},
            .threads = 1,
            .matches = matches};
        char error[512] = "";
        int failures = assigner->assign(&instance, &assignment, error, sizeof error) != 0;
        if (failures) printf("%s fails: %s\n", component->name, error);
        for (size_t i = 0; i < PRIORS; i++) {
          if (matches[i] != expected[i]) {
            printf("prior %zu: matched to %d, expected %d\n", i, (int)matches[i], (int)expected[i]);
            failures++;
          }
        }
        printf("%s: %s\n", component->name, failures == 0 ? "the matches are right" : "FAILED");
        return failures != 0;
      }

      """#
    },
    swift: { name in
      """
      import LossKitPlugin

      /// Matches a prior to the first ground truth in whose middle its centre lies: put your rule in its place.
      struct \(name.type): Assigner {
        static let share = Parameter(
          "share", .number(NumberRange(lower: 0, lowerIsExcluded: true, upper: 1)), default: 0.5,
          help: "Share of a box's sides around its centre in which priors are positive.")

        static let declaration = Declaration(
          name: "\(name.name)",
          summary: "Each prior is matched to the box in whose middle it lies.",
          formula: \"""
            positive: centre within share of a box's sides, the first box
            ignored: centre in an ignored region
            background: the rest
            \""",
          source: "The paper that it comes from",
          parameters: [share])

        private let share: Float

        init(parameters: Parameters) { share = Float(parameters[Self.share]) }

        func assign(
          _ request: AssignmentRequest, workers: Workers
        ) throws(InputError) -> Assignment {
          let groundTruth = request.groundTruth
          return Assignment(
            matches: request.priors.boxes.map { prior in
              if let object = groundTruth.boxes.firstIndex(where: { isInside(prior, $0, share) }) {
                return Int32(object)
              }
              let isIgnored = groundTruth.ignoredRegions.contains { isInside(prior, $0, 1) }
              return isIgnored ? Assignment.ignored : Assignment.background
            })
        }

        /// Whether the centre of a prior lies in the middle of a box: in a share of each of its sides.
        private func isInside(_ prior: Box, _ box: Box, _ share: Float) -> Bool {
          let x = (prior.x1 + prior.x2 - box.x1 - box.x2) / 2
          let y = (prior.y1 + prior.y2 - box.y1 - box.y2) / 2
          return abs(x) < share * box.width() / 2 && abs(y) < share * box.height() / 2
        }
      }

      """
    },
    swiftTests: { name in
      """
      import LossKitPlugin
      import Testing

      @testable import \(name.module)

      /// Squares of side 8 in a row, two boxes and a region, worked out by hand.
      @Test func theMatchesAreRight() throws {
        let squares = (0..<5).map { Box(Float(8 * $0), 0, Float(8 * $0 + 8), 8) }
        let request = AssignmentRequest(
          priors: try Priors(squares, levels: [.init(count: 5, stride: 8)]),
          groundTruth: GroundTruth(
            boxes: [Box(4, 0, 20, 8), Box(8, 0, 32, 8)], labels: [1, 2],
            ignoredRegions: [Box(32, 0, 40, 8)]),
          imageSize: ImageSize(height: 8, width: 40))
        let (background, ignored) = (Assignment.background, Assignment.ignored)
        #expect(
          try \(name.type)().assign(request).matches == [background, 0, 1, background, ignored])
      }

      """
    })
}
