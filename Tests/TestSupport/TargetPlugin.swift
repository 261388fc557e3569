/// A plugin in C with assigners, a match cost, a sampler and row weights, for tests to change.
public enum TargetPlugin {
  /// - `targets/inside` matches a prior to the last ground truth that its centre lies in, if that is not
  ///   smaller than `least_area`; priors in ignored regions are ignored.
  /// - `targets/cheapest` matches each ground truth to the prior that costs least. Its overlaps are 0.5, and
  ///   its qualities the costs of the last ground truth.
  /// - `targets/distance` is the distance of the centres, along both axes.
  /// - `targets/first` samples the first `count` priors that aren't ignored.
  /// - `targets/area` weighs positives by the area of their box in units of `unit`, `targets/label` all
  ///   by their label.
  public static let source = #"""
    #include <math.h>
    #include <stdio.h>
    #include "losskit_plugin.h"
    #define SEES(fact) if (!(fact)) { snprintf(error, error_size, "%s", #fact); return 1; }

    static int holds(losskit_box box, float x, float y) {
      return box.x1 < x && x < box.x2 && box.y1 < y && y < box.y2;
    }
    static float area(losskit_box box) { return (box.x2 - box.x1) * (box.y2 - box.y1); }

    static int assign(const losskit_instance *instance, const losskit_assignment *a, char *error,
                      size_t error_size) {
      const double least = instance->parameters[0].number;
      const losskit_ground_truth truth = a->image.ground_truth;
      for (size_t prior = 0; prior < a->image.priors.count; prior++) {
        const losskit_box box = a->image.priors.boxes[prior];
        const float x = (box.x1 + box.x2) / 2, y = (box.y1 + box.y2) / 2;
        int32_t match = LOSSKIT_BACKGROUND;
        for (size_t i = 0; i < truth.count; i++)
          if (area(truth.boxes[i]) >= least && holds(truth.boxes[i], x, y)) match = (int32_t)i;
        for (size_t i = 0; i < truth.ignored_region_count; i++)
          if (holds(truth.ignored_regions[i], x, y)) match = LOSSKIT_IGNORED;
        a->matches[prior] = match;
      }
      /* assigned */
      return 0;
    }

    static int assign_cheapest(const losskit_instance *instance, const losskit_assignment *a,
                               char *error, size_t error_size) {
      size_t priors[100];
      float costs[100];
      const size_t count = a->image.priors.count;
      for (size_t i = 0; i < count; i++) {
        priors[i] = i;
        a->matches[i] = LOSSKIT_BACKGROUND;
        if (a->overlaps) a->overlaps[i] = 0.5f;
      }
      for (size_t object = 0; object < a->image.ground_truth.count; object++) {
        size_t best = 0;
        /* costs */
        if (a->costs(a->context, priors, count, object, costs) != 0) return 1;
        for (size_t i = 0; i < count; i++)
          if (costs[i] < costs[best]) best = i;
        a->matches[best] = (int32_t)object;
        for (size_t i = 0; i < count && a->quality; i++) a->quality[i] = costs[i];
      }
      return 0;
    }

    static int cost(const losskit_instance *instance, const losskit_matching *m, char *error,
                    size_t error_size) {
      const losskit_box object = m->image.ground_truth.boxes[m->ground_truth];
      for (size_t i = 0; i < m->prior_count; i++) {
        const losskit_box prior = m->image.priors.boxes[m->priors[i]];
        m->costs[i] = (fabsf(prior.x1 + prior.x2 - object.x1 - object.x2) +
                       fabsf(prior.y1 + prior.y2 - object.y1 - object.y2)) / 2;
      }
      /* costed */
      return 0;
    }

    static int sample(const losskit_instance *instance, const losskit_sampling *s, char *error,
                      size_t error_size) {
      int64_t rest = instance->parameters[0].integer;
      for (size_t prior = 0; prior < s->prior_count && rest > 0; prior++)
        if (s->matches[prior] != LOSSKIT_IGNORED) { s->sampled[prior] = 1; rest--; }
      /* sampled */
      return 0;
    }

    static int weigh_area(const losskit_instance *instance, const losskit_rows *rows, char *error,
                          size_t error_size) {
      for (size_t i = 0; i < rows->positive_count; i++)
        rows->weights[i] = area(rows->boxes[i]) / (float)instance->parameters[0].number;
      /* weighed */
      return 0;
    }

    static int weigh_label(const losskit_instance *instance, const losskit_rows *rows, char *error,
                           size_t error_size) {
      for (size_t i = 0; i < rows->sampled_count; i++) rows->weights[i] = (float)rows->labels[i];
      return 0;
    }

    static const losskit_value zero = {.type = LOSSKIT_NUMBER};
    static const losskit_value one = {.type = LOSSKIT_NUMBER, .number = 1};
    static const losskit_value three = {.type = LOSSKIT_INTEGER, .integer = 3};
    static const losskit_parameter least = {
      .name = "least_area", .meaning = "Smaller boxes have no priors.", .type = LOSSKIT_NUMBER,
      .default_value = &zero};
    static const losskit_parameter count = {
      .name = "count", .meaning = "Priors to sample.", .type = LOSSKIT_INTEGER,
      .default_value = &three};
    static const losskit_parameter unit = {
      .name = "unit", .meaning = "The area of weight 1.", .type = LOSSKIT_NUMBER,
      .bounds = LOSSKIT_ABOVE, .default_value = &one};

    static const losskit_assigner assigners[] = {
      {.component = {.name = "inside", .summary = "Centres inside.", .formula = "x", .source = "A test",
                     .parameters = &least, .parameter_count = 1},
       .reads = 0, .assign = assign},
      {.component = {.name = "cheapest", .summary = "The cheapest.", .formula = "x", .source = "A test"},
       .reads = LOSSKIT_COSTS, .gives = LOSSKIT_OVERLAPS | LOSSKIT_QUALITY,
       .assign = assign_cheapest}};
    static const losskit_match_cost match_costs[] = {
      {.component = {.name = "distance", .summary = "Centres.", .formula = "x", .source = "A test"},
       .evaluate = cost}};
    static const losskit_sampler samplers[] = {
      {.component = {.name = "first", .summary = "The first.", .formula = "x", .source = "A test",
                     .parameters = &count, .parameter_count = 1},
       .sample = sample}};
    static const losskit_row_weight row_weights[] = {
      {.component = {.name = "area", .summary = "The area.", .formula = "x", .source = "A test",
                     .parameters = &unit, .parameter_count = 1},
       .scope = LOSSKIT_POSITIVE_ROWS, .weigh = weigh_area},
      {.component = {.name = "label", .summary = "The label.", .formula = "x", .source = "A test"},
       .scope = LOSSKIT_SAMPLED_ROWS, .weigh = weigh_label}};

    static const losskit_table table = {
      .abi_version = LOSSKIT_ABI_VERSION, .name = "targets", .assigners = assigners,
      .assigner_count = 2, .match_costs = match_costs, .match_cost_count = 1, .samplers = samplers, .sampler_count = 1, .row_weights = row_weights,
      .row_weight_count = 2};

    const losskit_table *losskit_plugin(void) { return &table; }
    """#
}
