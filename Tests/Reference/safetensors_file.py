"""Writes safetensors files whose bytes depend on nothing but their content."""

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor


def write_safetensors(
    path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, object]
) -> None:
    """Write `tensors`, and each value of `metadata` as a JSON string.

    The safetensors package orders metadata at random in each run, so the header is written anew
    with its metadata sorted.
    """
    texts = {key: json.dumps(value) for key, value in sorted(metadata.items())}
    copies = {name: tensor.clone(memory_format=torch.contiguous_format)
              for name, tensor in tensors.items()}
    data = save(copies, texts)
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start]) | {"__metadata__": texts}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + data[start:])
