"""What a model puts out for some images, as a file for the command."""

from __future__ import annotations

import copy
import json
import math
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torchvision.models.detection import FCOS, FasterRCNN, RetinaNet
from torchvision.models.detection.ssd import SSD

from losskit.torchvision._attachment import strides
from losskit.torchvision._two_stage import objects

DTYPES = {torch.float32: "F32", torch.int64: "I64", torch.uint8: "U8"}
Recipe = dict[str, Any]


def bundle(
    model: nn.Module, images: Sequence[Tensor], targets: Sequence[Mapping[str, Tensor]], path: str | Path
) -> Recipe:  # fmt: skip
    """Writes the outputs of a model's heads with the objects of the images, as a bundle.

    Beside it, with the ending ``.json``, goes a recipe that reads it: torchvision's objective on the model's
    anchors, for `losskit evaluate`, `check`, `targets` and `compare`.

    Args:
        model: A ``FasterRCNN``, ``RetinaNet``, ``FCOS`` or ``SSD``; it stays as it is.
        images: Images, as the model takes them.
        targets: Their objects, as the model takes them.
        path: The file, which should end in ``.safetensors``.

    Returns:
        The recipe.
    """
    path = Path(path)
    running = copy.deepcopy(model).train()
    with torch.no_grad():
        tensors, recipe = outputs(running, list(images), [dict(target) for target in targets])
    write(path, {name: tensor.cpu().contiguous() for name, tensor in tensors.items()})
    path.with_suffix(".json").write_text(json.dumps(recipe, indent=2) + "\n")
    return recipe


def outputs(
    model: Any, images: list[Tensor], targets: list[dict[str, Tensor]]
) -> tuple[dict[str, Tensor], Recipe]:
    """The tensors, and the recipe that reads them."""
    batch, targets = model.transform(images, targets)
    features = model.backbone(batch.tensors)
    features = {"0": features} if isinstance(features, Tensor) else dict(features)
    maps = list(features.values())
    tensors = truth(batch.image_sizes, targets)
    if isinstance(model, FasterRCNN):
        scores, deltas = model.rpn.head(maps)
        levels = {"rpn_objectness": scores, "rpn_bbox_pred": deltas}
        tensors |= heads(model, batch, features, targets)
        terms = {"rpn_cls": "rpn_objectness", "rpn_box": "rpn_bbox_pred"}
        name, stage, generator = "faster_rcnn_torchvision", "rpn", model.rpn.anchor_generator
    elif isinstance(model, (RetinaNet, FCOS, SSD)):
        generator = model.anchor_generator
        per_cell = generator.num_anchors_per_location()
        levels = {key: unflattened(value, maps, per_cell) for key, value in model.head(maps).items()}
        stage = "fcos" if isinstance(model, FCOS) else "ssd" if isinstance(model, SSD) else "retinanet"
        terms = {f"{stage}_cls": "cls_logits", f"{stage}_box": "bbox_regression"}
        if stage == "fcos":
            terms["fcos_centerness"] = "bbox_ctrness"
        name = "ssd300_torchvision" if stage == "ssd" else f"{stage}_torchvision"
    else:
        raise TypeError(f"expected FasterRCNN, RetinaNet, FCOS or SSD, got {type(model).__name__}")
    for key, value in levels.items():
        tensors |= {f"{key}_{level}": tensor for level, tensor in enumerate(value)}
    read = {
        term: {"prediction": [f"{key}_{level}" for level in range(len(maps))]} for term, key in terms.items()
    }
    if stage == "ssd":
        priors = default_boxes(generator, batch.tensors.shape, maps)
    else:
        priors = priors_of(generator, batch.tensors.shape, maps, points=stage == "fcos")
    return tensors, {"extends": name, "stages": {stage: {"priors": priors, "terms": read}}}


def truth(sizes: list[tuple[int, int]], targets: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    """The tensors that tell images and objects."""
    counts = torch.tensor([len(target["boxes"]) for target in targets])
    tensors = {
        "image_sizes": torch.tensor(sizes, dtype=torch.int64),
        "gt_boxes": torch.cat([target["boxes"] for target in targets]).float(),
        "gt_labels": torch.cat([target["labels"] for target in targets]),
        "gt_image": torch.arange(len(targets)).repeat_interleave(counts),
    }
    if all("iscrowd" in target for target in targets):
        tensors["gt_ignore"] = torch.cat([target["iscrowd"] for target in targets]).to(torch.uint8)
    return tensors


def heads(
    model: FasterRCNN, batch: Any, features: dict[str, Tensor], targets: list[dict[str, Tensor]]
) -> dict[str, Tensor]:
    """The proposals, the objects among them, and what the second stage says of them."""
    found, _ = model.rpn(batch, features, targets)
    proposals = [torch.cat([p, objects(t).to(p)]) for p, t in zip(found, targets, strict=True)]
    part = model.roi_heads
    pooled = part.box_head(part.box_roi_pool(features, proposals, batch.image_sizes))
    scores, deltas = part.box_predictor(pooled)
    counts = torch.tensor([len(boxes) for boxes in proposals])
    return {
        "proposals": torch.cat(proposals),
        "proposals_image": torch.arange(len(proposals)).repeat_interleave(counts),
        "cls_score": scores,
        "bbox_pred": deltas,
    }


def unflattened(output: Tensor, maps: list[Tensor], per_cell: Sequence[int]) -> list[Tensor]:
    """[images, priors, columns] as a map a level, [images, anchors · columns, rows, columns]."""
    grids = [(*level.shape[-2:], count) for level, count in zip(maps, per_cell, strict=True)]
    parts = output.split([math.prod(grid) for grid in grids], dim=1)
    return [
        part.unflatten(1, grid).permute(0, 3, 4, 1, 2).flatten(1, 2)
        for part, grid in zip(parts, grids, strict=True)
    ]


def default_boxes(generator: Any, padded: Sequence[int], maps: list[Tensor]) -> Recipe:
    """The default boxes of SSD as a recipe has them."""
    return {
        "sizes": list(generator.scales), "ratios": [list(level) for level in generator.aspect_ratios],
        "strides": list(generator.steps or strides(padded, maps)), "clip": generator.clip,
    }  # fmt: skip


def priors_of(generator: Any, padded: Sequence[int], maps: list[Tensor], points: bool) -> Recipe:
    """The model's anchors as a recipe has them."""
    strides = [padded[-2] // level.shape[-2] for level in maps]
    across = [padded[-1] // level.shape[-1] for level in maps]
    if strides != across or (points and strides != [int(sizes[0]) for sizes in generator.sizes]):
        warnings.warn(
            f"the images, padded to {padded[-2]} by {padded[-1]}, have anchors every {strides} pixels "
            f"down and {across} across, which a recipe's strides can't say; take images whose sides are "
            "multiples of the largest stride for anchors that are exact",
            stacklevel=4,
        )
    if points:
        return {"strides": strides}
    ratios = [list(level) for level in generator.aspect_ratios]
    if any(level != ratios[0] for level in ratios):
        raise ValueError(f"the anchors' aspect ratios differ by level: {ratios}; a recipe has one list")
    return {
        "sizes": [list(level) for level in generator.sizes], "ratios": ratios[0], "strides": strides
    }  # fmt: skip


def write(path: Path, tensors: dict[str, Tensor]) -> None:
    """A file in the format safetensors."""
    header: dict[str, Any] = {}
    end = 0
    for name, tensor in tensors.items():
        start, end = end, end + tensor.numel() * tensor.element_size()
        header[name] = {
            "dtype": DTYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [start, end]
        }  # fmt: skip
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for tensor in tensors.values():
            file.write(tensor.numpy().tobytes())
