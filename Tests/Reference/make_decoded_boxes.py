"""Make `decoded_boxes.safetensors`: losses on decoded boxes, in double precision.

Deltas are decoded by torchvision's BoxCoder, distributions of distances and the other coders' numbers by
mmdetection's, which encode the targets too; torchvision's losses compare them with boxes, and autograd gives the gradient by the deltas. Weights are powers of two, so
that their reciprocals are exact.

    make_decoded_boxes.py [--output decoded_boxes.safetensors]
"""

import argparse
from pathlib import Path

import mmdetection  # noqa: F401 (first: it makes mmdet importable)
import torch
from mmdet.models.dense_heads.gfl_head import Integral
from mmdet.models.task_modules.coders import (
    DeltaXYWHBBoxCoder,
    DistancePointBBoxCoder,
    TBLRBBoxCoder,
)
from mmdet.structures.bbox import bbox_cxcywh_to_xyxy, bbox_xyxy_to_cxcywh, distance2bbox
from safetensors_file import write_safetensors
from torch import Tensor
from torchvision.models.detection._utils import BoxCoder
from torchvision.ops import complete_box_iou_loss, distance_box_iou_loss, generalized_box_iou_loss

SEED = 20260211
ROWS = 37
LOSSES = {
    "giou": generalized_box_iou_loss,
    "diou": distance_box_iou_loss,
    "ciou": complete_box_iou_loss,
}
WEIGHTS = [(1.0, 1.0, 1.0, 1.0), (8.0, 8.0, 4.0, 4.0)]


SIZE = torch.tensor([320.0, 240.0, 320.0, 240.0])


def normalized_decode(_: Tensor, rows: Tensor) -> Tensor:
    """DETR's boxes in pixels of an image of SIZE."""
    return bbox_cxcywh_to_xyxy(rows) * SIZE.double()


def normalized_encode(_: Tensor, targets: Tensor) -> Tensor:
    """Boxes in shares of an image of SIZE."""
    return bbox_xyxy_to_cxcywh(targets / SIZE.double())


def centers(priors: Tensor) -> Tensor:
    """The points that distances are measured from."""
    return (priors[:, :2] + priors[:, 2:]) / 2


DELTAS = DeltaXYWHBBoxCoder(target_stds=(0.125, 0.125, 0.25, 0.25))
CENTERED = DeltaXYWHBBoxCoder(add_ctr_clamp=True, ctr_clamp=8)
TBLR, POINTS = TBLRBBoxCoder(), DistancePointBBoxCoder()
# Type and parameters here, then how mmdetection decodes and encodes, then how large its numbers are.
CODERS = [
    (
        {"type": "delta_xywh", "stds": [0.125, 0.125, 0.25, 0.25], "clip_both": True},
        DELTAS.decode,
        DELTAS.encode,
        lambda noise: noise * torch.tensor([3.0, 3.0, 14.0, 14.0]),
    ),
    (
        {"type": "delta_xywh", "center_clip": 8},
        CENTERED.decode,
        CENTERED.encode,
        lambda noise: noise * 0.4,
    ),
    ({"type": "tblr"}, TBLR.decode, TBLR.encode, lambda noise: noise.abs() * 0.2 + 0.01),
    (
        {"type": "distances", "max": 60, "margin": 0.1},
        lambda priors, rows: POINTS.decode(centers(priors), rows),
        lambda priors, targets: POINTS.encode(centers(priors), targets, 60, 0.1),
        lambda noise: noise.abs() * 20,
    ),
    (
        {"type": "normalized_cxcywh"},
        normalized_decode,
        normalized_encode,
        lambda noise: noise.sigmoid(),
    ),
]


def boxes(generator: torch.Generator) -> Tensor:
    """Boxes with sides from 10 to 110 pixels."""
    corners = torch.rand(ROWS, 2, generator=generator) * 60
    return torch.cat([corners, corners + 10 + torch.rand(ROWS, 2, generator=generator) * 100], dim=1)


def main() -> None:
    """Evaluate all cases and write them."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    default = Path(__file__).with_name("decoded_boxes.safetensors")
    parser.add_argument("--output", type=Path, default=default)
    arguments = parser.parse_args()
    torch.set_num_threads(1)

    generator = torch.Generator().manual_seed(SEED)
    tensors: dict[str, Tensor] = {}
    facts: list[dict[str, object]] = []
    for weights in WEIGHTS:
        for loss, function in LOSSES.items():
            name = f"{loss}.{len(facts)}"
            priors, targets = boxes(generator), boxes(generator)
            deltas = torch.randn(ROWS, 4, generator=generator) * torch.tensor(weights) * 0.4
            # Beyond the limit on the logarithm of a side, where the slope is 0.
            deltas[0, 2] = 20.0 * weights[2]
            variable = deltas.double().requires_grad_()
            decoded = BoxCoder(weights).decode_single(variable, priors.double())
            values = function(decoded, targets.double(), reduction="none")
            parts = {
                "deltas": deltas,
                "priors": priors,
                "targets": targets,
                "boxes": decoded.detach(),
                "value": values.detach(),
                "gradient": torch.autograd.grad(values.sum(), variable)[0],
            }
            tensors |= {f"{name}/{part}": tensor for part, tensor in parts.items()}
            parameters = {"loss": loss, "stds": [1 / weight for weight in weights]}
            facts.append({"name": name, "parameters": parameters})
    for bins, (loss, function) in zip([17, 8, 2], LOSSES.items(), strict=True):
        name = f"{loss}.{len(facts)}"
        targets = boxes(generator)
        centers = (targets[:, :2] + targets[:, 2:]) / 2 + torch.randn(ROWS, 2, generator=generator)
        stride = 16.0
        priors = torch.cat([centers - stride / 2, centers + stride / 2], dim=1)
        logits = torch.randn(ROWS, 4 * bins, generator=generator) * 3
        variable = logits.double().requires_grad_()
        # What single precision left of the stride.
        sides = (priors[:, 2:].double() - priors[:, :2].double()).repeat(1, 2)
        distances = Integral(bins - 1).double()(variable) * sides
        middle = (priors[:, :2].double() + priors[:, 2:].double()) / 2
        decoded = distance2bbox(middle, distances)
        values = function(decoded, targets.double(), reduction="none")
        parts = {
            "deltas": logits,
            "priors": priors,
            "targets": targets,
            "boxes": decoded.detach(),
            "value": values.detach(),
            "gradient": torch.autograd.grad(values.sum(), variable)[0],
        }
        tensors |= {f"{name}/{part}": tensor for part, tensor in parts.items()}
        facts.append({"name": name, "parameters": {"loss": loss, "bins": bins}})
    for coder, decode, encode, numbers in CODERS:
        name = f"giou.{len(facts)}"
        priors, targets = boxes(generator), boxes(generator)
        if coder["type"] == "normalized_cxcywh":
            priors = torch.cat([torch.zeros(2), SIZE[:2]]).repeat(ROWS, 1)
        deltas = numbers(torch.randn(ROWS, 4, generator=generator))
        variable = deltas.double().requires_grad_()
        decoded = decode(priors.double(), variable)
        values = LOSSES["giou"](decoded, targets.double(), reduction="none")
        parts = {
            "deltas": deltas,
            "priors": priors,
            "targets": targets,
            "boxes": decoded.detach(),
            "encoded": encode(priors.double(), targets.double()),
            "value": values.detach(),
            "gradient": torch.autograd.grad(values.sum(), variable)[0],
        }
        tensors |= {f"{name}/{part}": tensor for part, tensor in parts.items()}
        facts.append({"name": name, "parameters": {"loss": "giou", "coder": coder}})
    write_safetensors(arguments.output, tensors, {"cases": facts})
    print(f"{len(facts)} cases")


if __name__ == "__main__":
    main()
