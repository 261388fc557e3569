"""What LossKit adds to the compute of a C plugin: checks of inputs and results, weights, the sum.

    plugins.py [--rounds N] [--losskit LOSSKIT]

Compiles the example plugin, and a plugin of binary cross-entropy on logits, lets LossKit and a bare
program evaluate both on one thread by turns (2^18 rows of 1 and of 4 columns, value and gradient), and
prints the medians in nanoseconds an element.
"""

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path
from statistics import median

PACKAGE = Path(__file__).resolve().parent.parent
HEADERS = PACKAGE / "Sources/PluginABI/include"
SOURCES = {"acme/quantile": PACKAGE / "Examples/plugins/quantile/quantile.c",
           "bench/bce_with_logits": PACKAGE / "Benchmarks/bce_plugin.c"}


def compiled(source: Path, target: Path, *options: str) -> Path:
    compiler = os.environ.get("CC", "cc")
    subprocess.run([compiler, "-std=c99", "-O2", f"-I{HEADERS}", *options, "-o", target, source, "-lm"],
                   check=True)
    return target


def losskit(command: Path, library: Path, name: str, width: int) -> float:
    output = subprocess.run(
        [command, "bench", f"{name}/262144x{width}", "--plugin", library, "--runs", "200",
         "--threads", "1", "--json"], check=True, capture_output=True, text=True).stdout
    return json.loads(output)["works"][-1]["ns_per_element"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--losskit", type=Path, default=PACKAGE / ".build/release/losskit")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        alone = compiled(PACKAGE / "Benchmarks/plugin_alone.c", Path(folder) / "alone", "-ldl")
        for name, source in SOURCES.items():
            library = compiled(source, Path(folder) / f"{source.stem}.so", "-shared", "-fPIC")
            for width in (1, 4):
                rounds = [(float(subprocess.run([alone, library, str(width)], check=True,
                                                capture_output=True, text=True).stdout),
                           losskit(options.losskit, library, name, width))
                          for _ in range(options.rounds)]
                bare, ours = (median(column) for column in zip(*rounds, strict=True))
                print(f"{name}/262144x{width}: alone {bare:.3f}, LossKit {ours:.3f} ns an element, "
                      f"{100 * (ours / bare - 1):+.1f} %")
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
