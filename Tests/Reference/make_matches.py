"""Writes matches.safetensors: match costs, the matchings of least cost, and matches of dense predictions, by
mmdetection, SciPy and ultralytics."""

from pathlib import Path

import mmdetection  # noqa: F401
import torch
from dense_matches import dense_matches, more_matches, shadowed_matches
from mmdet.models.task_modules.assigners import (
    BBoxL1Cost,
    ClassificationCost,
    FocalLossCost,
    HungarianAssigner,
    IoUCost,
)
from mmengine.structures import InstanceData
from safetensors_file import write_safetensors

CLASSES = 5
SIZES = [(480, 640), (333, 500), (64, 64), (480, 640)]
QUERIES = [60, 120, 7, 50]
OBJECTS = [12, 20, 11, 0]
MIXES = {
    "detr": [
        {"type": "ClassificationCost", "weight": 1.0},
        {"type": "BBoxL1Cost", "weight": 5.0, "box_format": "xywh"},
        {"type": "IoUCost", "weight": 2.0, "iou_mode": "giou"},
    ],
    "deformable": [
        {"type": "FocalLossCost", "weight": 2.0},
        {"type": "BBoxL1Cost", "weight": 5.0, "box_format": "xywh"},
        {"type": "IoUCost", "weight": 2.0, "iou_mode": "giou"},
    ],
    "corners": [
        {"type": "FocalLossCost", "weight": 0.5, "alpha": 0.4, "gamma": 1.5},
        {"type": "BBoxL1Cost", "weight": 1.0, "box_format": "xyxy"},
        {"type": "IoUCost", "weight": 3.0, "iou_mode": "iou"},
    ],
}


def boxes(count: int, height: int, width: int) -> torch.Tensor:
    """Boxes inside an image."""
    size = torch.tensor([width, height], dtype=torch.float32)
    center = torch.rand(count, 2) * size
    sides = (0.05 + 0.4 * torch.rand(count, 2)) * size
    corners = torch.cat([center - sides / 2, center + sides / 2], dim=1)
    return corners.clamp(min=0).minimum(size.repeat(2))


def center_distances(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Distances of centres in shares of the image."""
    result = {}
    for case in range(3):
        predicted, objects = (
            (boxes[:, :2] + boxes[:, 2:]) / 2 / tensors[f"case_{case}.size"].flip(0)
            for boxes in (tensors[f"case_{case}.boxes"], tensors[f"case_{case}.gt_boxes"])
        )
        result[f"case_{case}.cost.center_distance"] = torch.cdist(
            predicted, objects, compute_mode="donot_use_mm_for_euclid_dist"
        )
    return result


def main() -> None:
    """Makes the file."""
    torch.manual_seed(0)
    tensors: dict[str, torch.Tensor] = {}
    for case, (size, queries, objects) in enumerate(zip(SIZES, QUERIES, OBJECTS, strict=True)):
        logits = 2 * torch.randn(queries, CLASSES)
        predicted = InstanceData(bboxes=boxes(queries, *size), scores=logits)
        labels = torch.randint(0, CLASSES, (objects,))
        truth = InstanceData(bboxes=boxes(objects, *size), labels=labels)
        meta = {"img_shape": size}
        prefix = f"case_{case}"
        tensors |= {
            f"{prefix}.size": torch.tensor(size),
            f"{prefix}.boxes": predicted.bboxes,
            f"{prefix}.softmax": logits.softmax(1),
            # The column of "no object" isn't scored by a sigmoid.
            f"{prefix}.sigmoid": logits.sigmoid(),
            f"{prefix}.gt_boxes": truth.bboxes,
            f"{prefix}.gt_labels": labels + 1,
        }
        costs = {
            "classification": ClassificationCost(),
            "focal": FocalLossCost(),
            "l1_cxcywh": BBoxL1Cost(box_format="xywh"),
            "l1_xyxy": BBoxL1Cost(box_format="xyxy"),
            "iou": IoUCost(iou_mode="iou"),
            "giou": IoUCost(iou_mode="giou"),
        }
        if objects:
            for name, cost in costs.items():
                tensors[f"{prefix}.cost.{name}"] = cost(predicted, truth, meta).contiguous()
        for name, mix in MIXES.items():
            matched = HungarianAssigner(match_costs=mix).assign(predicted, truth, meta)
            tensors[f"{prefix}.match.{name}"] = matched.gt_inds - 1
    tensors |= dense_matches()
    tensors |= more_matches(tensors)
    tensors |= shadowed_matches(tensors)
    tensors |= center_distances(tensors)
    path = Path(__file__).with_name("matches.safetensors")
    write_safetensors(path, tensors, {"mixes": MIXES})


if __name__ == "__main__":
    main()
