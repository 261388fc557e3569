"""Bundles of Tests/Reference: predictions, ground truth, and what other implementations made of them."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

REPOSITORY = Path(__file__).parents[2]
REFERENCE = REPOSITORY / "Tests" / "Reference"

Array = NDArray[Any]
Arrays = dict[str, Array]

_DTYPES: dict[str, Any] = {
    "F32": np.float32,
    "F64": np.float64,
    "I64": np.int64,
    "I32": np.int32,
    "U8": np.uint8,
    "BOOL": np.bool_,
}


def read(path: Path) -> Arrays:
    """The tensors of a safetensors file."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    body = data[8 + length :]
    return {
        name: np.frombuffer(body[slice(*entry["data_offsets"])], _DTYPES[entry["dtype"]])
        .reshape(entry["shape"])
        .copy()
        for name, entry in header.items()
        if name != "__metadata__"
    }


def metadata(path: Path) -> dict[str, str]:
    """What a safetensors file says of itself."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    found: dict[str, str] = json.loads(data[8 : 8 + length]).get("__metadata__", {})
    return found


def batch(arrays: Arrays) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The targets of a bundle, and the other arguments of a call."""
    images = range(len(arrays["image_sizes"]))
    image = arrays.get("gt_image", np.zeros(len(arrays["gt_boxes"]), np.int64))
    targets = []
    for index in images:
        rows = image == index
        target = {"boxes": arrays["gt_boxes"][rows], "labels": arrays["gt_labels"][rows]}
        if "gt_ignore" in arrays:
            target["ignore"] = arrays["gt_ignore"][rows]
        targets.append(target)
    others: dict[str, Any] = {"image_sizes": arrays["image_sizes"]}
    if "padded_sizes" in arrays:
        others["padded_sizes"] = arrays["padded_sizes"]
    if "proposals" in arrays:
        owner = arrays.get("proposals_image", np.zeros(len(arrays["proposals"]), np.int64))
        others["proposals"] = [arrays["proposals"][owner == index] for index in images]
    samples = {
        name.removesuffix(".sampled"): array
        for name, array in arrays.items()
        if name.endswith(".sampled") and "/" not in name
    }
    if samples:
        others["samples"] = samples
    return targets, others


def overrides(arrays: Arrays) -> dict[str, Any]:
    """What has a recipe take the recorded draws of a bundle."""
    return {
        f"stages.{name.removesuffix('.sampled')}.sampler": "recorded"
        for name in arrays
        if name.endswith(".sampled") and "/" not in name
    }
