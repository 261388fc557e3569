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
    widths: dict[str, int], image_count: int, padded: tuple[int, int], seed: int
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Random outputs, each `name_level` of so many channels, and the same as variables.

    `padded` is the size (height, width) of the batch, a multiple of the last stride.
    """
    shapes = {
        f"{name}_{level}": (image_count, width, padded[0] // stride, padded[1] // stride)
        for name, width in widths.items()
        for level, stride in enumerate(STRIDES)
    }
    predictions = random_predictions(shapes, seed)
    return predictions, as_variables(predictions)


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
) -> dict[str, Tensor]:
    """The tensors of the file.

    `priors` are those of each image, `assigned` its ground truths from 0, -1 and -2, and `encoded` the
    box targets of each image, of which those of positives stay.
    """
    indices = torch.cat(assigned)
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
        | gradients(sum(losses.values()), variables)
    )
