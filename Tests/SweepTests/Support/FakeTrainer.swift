import TestSupport

/// Shell scripts in the place of a trainer, called with the recipe, the seed and the folder.
///
/// Each writes its start to `starts` beside the sweep, so that a test can count them.
enum FakeTrainer {
  /// Trains ten steps, or `STEPS`, from wherever it was, a line a step; the value follows from seed and
  /// beta.
  static let resuming = """
    #!/bin/sh
    recipe=$1 seed=$2 out=$3
    echo "$out" >> "$(dirname "$0")/starts"
    beta=$(sed -n 's/.*"beta": *\\([0-9.]*\\).*/\\1/p' "$recipe" | head -1)
    step=$(cat "$out/step" 2>/dev/null || echo 0)
    while [ "$step" -lt "${STEPS:-10}" ]; do
      step=$((step + 1))
      printf '{"step": %d, "loss": 1.5, "terms": {"rpn.cls": 1.0, "rpn.box": 0.5}}\\n' "$step" \\
        >> "$out/metrics.jsonl"
      sleep "${PAUSE:-0}"
      echo "$step" > "$out/step.tmp" && mv "$out/step.tmp" "$out/step"
    done
    printf '{"step": 10, "AP50": %s%s, "AP": 0.25}\\n' "$beta" "$seed" >> "$out/metrics.jsonl"

    """

  /// Nine reports: beta in the first, and 1 − beta from then on. Waits before each for a hundredth of a second times
  /// the number in a file `pause` beside the sweep, the one with beta 0.5 for ten times as long.
  static let reporting = """
    #!/bin/sh
    recipe=$1 seed=$2 out=$3
    echo "$out" >> "$(dirname "$0")/starts"
    beta=$(sed -n 's/.*"beta": *\\([0-9.]*\\).*/\\1/p' "$recipe" | head -1)
    pause=$(cat "$(dirname "$0")/pause" 2>/dev/null || echo 0)
    [ "$beta" = 0.5 ] && pause=${pause}0
    step=$(cat "$out/step" 2>/dev/null || echo 0)
    while [ "$step" -lt 9 ]; do
      sleep "$(echo "$pause" | awk '{ print $1 / 100 }')"
      step=$((step + 1))
      echo "$beta $step $seed" | awk '{ v = $2 > 1 ? 1 - $1 : $1; printf "{\\"step\\": %d, \\"AP50\\": %g}\\n", $2, v + $3 / 1000 }' \\
        >> "$out/metrics.jsonl"
      echo "$step" > "$out/step"
    done

    """

  /// Fails for seed 2, hangs for seed 3, and doesn't care for SIGTERM then, nor does its child.
  static let troubled = """
    #!/bin/sh
    recipe=$1 seed=$2 out=$3
    echo "$out" >> "$(dirname "$0")/starts"
    case $seed in
      2) echo "no space on device" >&2; exit 3 ;;
      3) trap '' TERM; sleep 60 & sleep 60; sleep 60 ;;
      4) printf '{"step": 1, "AP": 0.5, "AP50x": 0.1}\\n{"step": 2, "AP50": NaN}\\n' \\
           > "$out/metrics.jsonl" ;;
      5) kill -SEGV $$ ;;
      *) printf 'broken\\n{"step": 1, "AP50": 0.5}\\n{"step": 2, "loss": 1}\\n' > "$out/metrics.jsonl" ;;
    esac

    """
}

/// A folder with a recipe, a trainer and a sweep of two values of beta.
struct SweepFixture {
  let folder: TemporaryFolder
  /// The path of the sweep file.
  let file: String

  init(
    trainer: String = FakeTrainer.resuming, seeds: String = "[1, 2]",
    values: String = "[0.1, 0.2]", command: String? = nil, more: String = ""
  ) throws {
    folder = try TemporaryFolder()
    try folder.write(baseRecipe, to: "base.json")
    let script = try folder.write(trainer, to: "trainer.sh")
    let command = command ?? #"["/bin/sh", "\#(script)", "{recipe}", "{seed}", "{out}"]"#
    file = try folder.write(
      """
      {
        "recipe": "base.json",
        "method": "grid",
        "parameters": { "stages.rpn.terms.box.loss.beta": { "values": \(values) } },
        "seeds": \(seeds),
        "metric": { "name": "AP50", "goal": "maximize" },
        "command": \(command)\(more)
      }
      """, to: "sweep.json")
  }

  /// How often a trainer was started in the folder of each trial.
  var starts: [String: Int] {
    let text = (try? String(contentsOfFile: folder.path("starts"), encoding: .utf8)) ?? ""
    return Dictionary(
      text.split(separator: "\n").map { (String($0.suffix(4)), 1) }, uniquingKeysWith: +)
  }
}

/// A recipe without errors, whose box loss has a beta of 0.1.
let baseRecipe = """
  {
    "stages": {
      "rpn": {
        "priors": { "type": "anchor_grid" },
        "assigner": { "type": "max_iou" },
        "sampler": { "type": "random", "count": 256 },
        "coder": { "type": "delta_xywh" },
        "terms": {
          "cls": {
            "prediction": "score", "layout": "n (c a) h w", "target": "class",
            "loss": { "type": "softmax_cross_entropy" }, "normalizer": "sampled"
          },
          "box": {
            "prediction": "delta", "layout": "n (a c) h w", "target": "box",
            "loss": { "type": "smooth_l1", "beta": 0.1 }, "normalizer": "sampled", "weight": 2
          }
        }
      }
    }
  }
  """

extension FakeTrainer {
  /// Reports all that the report shows, from formulas in seed and beta; fails for one trial.
  static let talkative = #"""
    #!/bin/sh
    recipe=$1 seed=$2 out=$3
    beta=$(sed -n 's/.*"beta": *\([0-9.]*\).*/\1/p' "$recipe" | head -1)
    if [ "$seed" = 3 ] && [ "$beta" = 2.0 ]; then
      echo 'Error: <script>alert("x")</script> & out of memory' >&2
      exit 1
    fi
    printf '\211PNG\r\n\032\n' > "$out/sample.png"
    awk -v seed="$seed" -v beta="$beta" 'BEGIN {
      printf "{\"images\": [{\"file\": \"sample.png\", \"name\": \"a street\", "
      printf "\"width\": 160, \"height\": 120, \"detections\": ["
      for (i = 0; i < 30; i++) {
        x = i * 37 % 140 - 10; y = i * 53 % 110
        printf "%s{\"class\": \"%s\", \"score\": %.3f, ", i ? ", " : "", i % 3 ? "disc" : "<b> & co", 1 - i / 60
        printf "\"box\": [%d, %d, %d, %d]}", x, y, x + 20 + i, y + 10 + seed + beta
      }
      printf "]}]}\n"
    }' > "$out/detections.json"
    awk -v seed="$seed" -v beta="$beta" 'BEGIN {
      srand(seed * 1000 + beta * 100)
      for (step = 10; step <= 300; step += 10) {
        fall = exp(-step / 100); noise = rand() * 0.1
        printf "{\"step\": %d, \"loss\": %.5f, ", step, 2 * fall + noise
        printf "\"terms\": {\"rpn.cls\": %.5f, \"rpn.box\": %.5f}, ", fall + noise, fall * beta + noise
        printf "\"gradient_norms\": {\"rpn.cls\": %.5f, \"rpn.box\": %.5f}, ", fall + noise, fall * beta + noise
        printf "\"positive_gradient_norms\": {\"rpn.cls\": %.5f}, ", fall
        printf "\"negative_gradient_norms\": {\"rpn.cls\": %.5f}, ", fall + noise
        printf "\"positives\": {\"rpn\": %d}, \"rate\": 0.001}\n", 20 + 100 * noise
        if (step % 100 == 0) printf "{\"step\": %d, \"AP\": %.4f, \"AP50\": %.4f}\n", step, \
          0.5 * (1 - fall), 0.9 * (1 - fall) - 0.02 * (beta - 0.5) ^ 2 + 0.02 * rand()
      }
    }' > "$out/metrics.jsonl"

    """#
}
