"""What LossKit adds to the compute of a C plugin: checks of inputs and results, weights, the sum.

    plugins.py [--rounds N] [--losskit LOSSKIT]

Compiles the example plugin, and a plugin of binary cross-entropy on logits, lets LossKit and a bare
program evaluate both on one thread by turns (2^18 rows of 1 and of 4 columns, value and gradient), and
prints the medians in nanoseconds an element.
"""

import argparse
import json
import os
import random
import struct
import subprocess
import tempfile
from array import array
from pathlib import Path
from statistics import median

PACKAGE = Path(__file__).resolve().parent.parent
ROWS = 262_144
HEADERS = PACKAGE / "Sources/PluginABI/include"
SOURCES = {"acme/quantile": PACKAGE / "Examples/plugins/quantile/quantile.c",
           "bench/bce_with_logits": PACKAGE / "Benchmarks/bce_plugin.c"}


def compiled(source: Path, target: Path, *options: str) -> Path:
    compiler = os.environ.get("CC", "cc")
    subprocess.run([compiler, "-std=c99", "-O2", f"-I{HEADERS}", *options, "-o", target, source, "-lm"],
                   check=True)
    return target


def write_inputs(path: Path, width: int) -> Path:
    """Logits of deviation 2 and targets from 0 to 1, as safetensors."""
    source = random.Random(0)
    count = ROWS * width
    size = 4 * count
    header = json.dumps({
        "predictions": {"dtype": "F32", "shape": [ROWS, width], "data_offsets": [0, size]},
        "targets": {"dtype": "F32", "shape": [ROWS, width], "data_offsets": [size, 2 * size]},
    }).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(header)) + header
                     + array("f", (source.gauss(0, 2) for _ in range(count))).tobytes()
                     + array("f", (source.random() for _ in range(count))).tobytes())
    return path


def losskit(command: Path, library: Path, work: str, inputs: str) -> float:
    output = subprocess.run(
        [command, "bench", work, "--plugin", library, "--inputs", inputs, "--runs", "200",
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
                work = f"{name}/{ROWS}x{width}"
                numbers = write_inputs(Path(folder) / f"{work}.safetensors", width)
                rounds = [(float(subprocess.run([alone, library, str(width), numbers], check=True,
                                                capture_output=True, text=True).stdout),
                           losskit(options.losskit, library, work, folder))
                          for _ in range(options.rounds)]
                bare, ours = (median(column) for column in zip(*rounds, strict=True))
                print(f"{work}: alone {bare:.3f}, LossKit {ours:.3f} ns an element, "
                      f"{100 * (ours / bare - 1):+.1f} %")
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
