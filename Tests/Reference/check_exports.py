"""Runs what `losskit export --to pytorch` writes, and holds value and gradient against losses.safetensors.

Every case of every loss that can be exported is evaluated in float64, with the case's parameters. Made with
torch 2.15; needs safetensors' reader of this folder and the command:

    python Tests/Reference/check_exports.py .build/release/losskit
"""

import argparse
import json
import struct
import subprocess
from pathlib import Path

import torch
from torch import Tensor

TYPES = {"F64": torch.float64, "F32": torch.float32, "I64": torch.int64}


def read_safetensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors and the metadata of a file."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        part = bytearray(data[8 + length + first : 8 + length + last])
        kind = TYPES[entry["dtype"]]
        flat = torch.frombuffer(part, dtype=kind) if part else torch.empty(0, dtype=kind)
        tensors[name] = flat.reshape(entry["shape"])
    return tensors, metadata


def exported(command: Path, loss: str, parameters: dict[str, object]) -> str | None:
    """The text of a loss; None if it can't be exported."""
    settings = [f"--set={key}={json.dumps(value)}" for key, value in parameters.items()]
    result = subprocess.run(
        [command, "export", loss, "--to", "pytorch", *settings], capture_output=True, text=True
    )
    return result.stdout if result.returncode == 0 else None


def difference(found: Tensor, expected: Tensor) -> float:
    """The largest difference, relative to the expected number or to 1e-6."""
    if expected.numel() == 0:
        return 0
    return float(((found - expected).abs() / expected.abs().clamp(min=1e-6)).max())


def main() -> None:
    """Check all cases, and tell what was checked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("command", type=Path)
    arguments = parser.parse_args()
    tensors, metadata = read_safetensors(Path(__file__).with_name("losses.safetensors"))
    texts: dict[str, str | None] = {}
    worst: dict[str, float] = {}
    skipped: set[str] = set()
    for case in json.loads(metadata["cases"]):
        name, loss = case["name"], case["loss"]
        if f"{name}/inside_weights" in tensors or tensors[f"{name}/targets"].dtype == torch.int64:
            continue
        parameters = {k: v for k, v in case["parameters"].items() if v is not None}
        key = json.dumps([loss, parameters])
        if key not in texts:
            texts[key] = exported(arguments.command, loss, parameters)
        if texts[key] is None:
            skipped.add(loss)
            continue
        module: dict[str, object] = {}
        exec(texts[key], module)
        function = module[loss]
        prediction = tensors[f"{name}/predictions"].double().requires_grad_()
        value = function(prediction, tensors[f"{name}/targets"].double(), reduction="none")
        if f"{name}/weights" in tensors:
            weights = tensors[f"{name}/weights"].double()
            value = value * (weights[:, None] if weights.dim() < value.dim() else weights)
        if case["reduction"] == "sum":
            value = value.sum()
        elif case["reduction"] != "none":
            continue
        value.sum().backward()
        expected = tensors[f"{name}/value"], tensors[f"{name}/gradient"]
        error = max(difference(value.detach(), expected[0]), difference(prediction.grad, expected[1]))
        worst[loss] = max(worst.get(loss, 0), error)
    for loss, error in sorted(worst.items()):
        print(f"{loss:24} {error:.1e}")
    print(f"no formula: {', '.join(sorted(skipped - worst.keys()))}")
    wrong = [loss for loss, error in worst.items() if not error < 1e-6]
    if wrong:
        raise SystemExit(f"differ: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
