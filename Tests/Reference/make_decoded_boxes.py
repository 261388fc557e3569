"""Make `decoded_boxes.safetensors`: losses on decoded boxes, in double precision.

Deltas are decoded by torchvision's BoxCoder, and distributions of distances by mmdetection's; torchvision's
losses compare them with boxes, and autograd gives the gradient by the deltas. Weights are powers of two, so
that their reciprocals are exact.

    make_decoded_boxes.py [--output decoded_boxes.safetensors]
"""

import argparse
from pathlib import Path

import mmdetection  # noqa: F401 (first: it makes mmdet importable)
import torch
from mmdet.models.dense_heads.gfl_head import Integral
from mmdet.structures.bbox import distance2bbox
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
    write_safetensors(arguments.output, tensors, {"cases": facts})
    print(f"{len(facts)} cases")


if __name__ == "__main__":
    main()
