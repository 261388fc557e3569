"""What the objectives of one-stage detectors share: their levels, head outputs and bundle."""

import torch
from scenes import (
    Image,
    as_variables,
    gradients,
    ground_truth_tensors,
    loss_tensors,
    random_predictions,
)
from torch import Tensor

STRIDES = (8, 16, 32, 64, 128)


def head_outputs(
    widths: dict[str, int],
    image_count: int,
    padded: tuple[int, int],
    seed: int,
    distances: dict[str, list[float]] | None = None,
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Random outputs, each `name_level` of so many channels, and the same as variables.

    `padded` is the size (height, width) of the batch. Outputs named in `distances` are positive, about as
    large as its number for their level.
    """
    shapes = {
        f"{name}_{level}": (image_count, width, *size)
        for name, width in widths.items()
        for level, size in enumerate(level_sizes(padded))
    }
    predictions = random_predictions(shapes, seed)
    for name, units in (distances or {}).items():
        for level, unit in enumerate(units):
            predictions[f"{name}_{level}"] = unit * predictions[f"{name}_{level}"].exp()
    return predictions, as_variables(predictions)


def level_sizes(padded: tuple[int, int]) -> list[tuple[int, int]]:
    """The cells (rows, columns) of each level."""
    return [(-(-padded[0] // stride), -(-padded[1] // stride)) for stride in STRIDES]


def levels(name: str, variables: dict[str, Tensor]) -> list[Tensor]:
    """An output's tensors, level by level."""
    return [variables[f"{name}_{level}"] for level in range(len(STRIDES))]


def bundle(
    stage: str,
    images: list[Image],
    predictions: dict[str, Tensor],
    variables: dict[str, Tensor],
    priors: Tensor,
    assigned: list[Tensor],
    encoded: list[Tensor],
    losses: dict[str, Tensor],
    weights: dict[str, float] | None = None,
) -> dict[str, Tensor]:
    """The tensors of the file.

    `priors` are those of each image, `assigned` its ground truths from 0, -1 and -2, and `encoded` the
    box targets of each image, of which those of positives stay. The gradients are those of the sum of the
    losses, each times its weight if it has one.
    """
    indices = torch.cat(assigned)
    total = sum((weights or {}).get(name, 1.0) * loss for name, loss in losses.items())
    return (
        ground_truth_tensors(images)
        | predictions
        | {
            f"expected/{stage}.priors": priors,
            f"expected/{stage}.assigned": indices,
            f"expected/{stage}.box_targets": torch.where(
                indices[:, None] >= 0, torch.cat(encoded), 0.0
            ),
        }
        | loss_tensors(losses)
        | gradients(total, variables)
    )
