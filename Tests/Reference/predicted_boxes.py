"""Boxes predicted near the objects, for assigners that read predictions, and what these assigners match."""

from collections.abc import Callable

import torch
from dense_objective import bundle
from scenes import Image, as_variables
from torch import Tensor

Size = tuple[int, int]


def map_sizes(padded: Size, strides: tuple[int, ...]) -> list[Size]:
    """The height and width of each level's feature map."""
    return [(padded[0] // stride, padded[1] // stride) for stride in strides]


def point_squares(padded: Size, strides: tuple[int, ...], offset: float) -> Tensor:
    """The squares around the points of all levels, with the sides of the strides."""
    levels = []
    for (height, width), stride in zip(map_sizes(padded, strides), strides):
        y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
        centers = (torch.stack([x, y], dim=2).reshape(-1, 2) + offset) * stride
        levels.append(torch.cat([centers - stride / 2, centers + stride / 2], dim=1))
    return torch.cat(levels)


def centers_of(squares: Tensor) -> Tensor:
    """The points themselves."""
    return (squares[:, :2] + squares[:, 2:]) / 2


def distances(boxes: Tensor, points: Tensor) -> Tensor:
    """How far the left, upper, right and lower sides of boxes are from points."""
    return torch.cat([points - boxes[:, :2], boxes[:, 2:] - points], dim=1)


def predicted_distances(
    images: list[Image], squares: Tensor, generator: torch.Generator
) -> Tensor:
    """Distances in pixels from each image's points to the sides of a box, (images, points, 4).

    Half of the points in an object predict a box like it, the others one like the square around them.
    """
    points, sides = centers_of(squares), squares[:, 2:] - squares[:, :2]
    result = []
    for image in images:
        noise = torch.randn(len(points), 4, generator=generator)
        found = sides.repeat(1, 2) * (0.5 + 0.4 * noise).exp()
        for box in image.boxes:
            knows = torch.rand(len(points), generator=generator) < 0.5
            away = distances(box.expand(len(points), 4), points)
            knows &= (away > 1).all(dim=1)
            found[knows] = away[knows] * (0.15 * noise[knows]).exp()
        result.append(found)
    return torch.stack(result)


def as_maps(rows: Tensor, name: str, padded: Size, strides: tuple[int, ...]) -> dict[str, Tensor]:
    """Rows, (images, points, columns), as the tensors `name_level` of a head."""
    sizes = map_sizes(padded, strides)
    levels = rows.split([height * width for height, width in sizes], dim=1)
    return {
        f"{name}_{level}": part.transpose(1, 2).reshape(len(rows), -1, *size).contiguous()
        for level, (part, size) in enumerate(zip(levels, sizes))
    }


def dense_bundle(
    stage: str,
    images: list[Image],
    predictions: dict[str, Tensor],
    squares: Tensor,
    encoded: Callable[[Tensor], Tensor],
    run: Callable[[dict[str, Tensor]], tuple[dict[str, Tensor], list[Tensor]]],
    weights: dict[str, float],
) -> dict[str, Tensor]:
    """The tensors of the file.

    `run` gives losses and the matches of images of predictions: a ground truth from 0, or -1. Fails where
    predictions that are a millionth larger or smaller have others. `encoded` are the box targets of matched
    boxes, one a point.
    """
    variables = as_variables(predictions)
    losses, matches = run(variables)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        moved = {
            name: tensor * (1 + 1e-6 * torch.randn(tensor.shape, generator=generator))
            for name, tensor in variables.items()
        }
        _, others = run(moved)
    assert all(torch.equal(*pair) for pair in zip(matches, others, strict=True))
    targets = [
        encoded(image.boxes[found.clamp(min=0)]) if len(image.boxes) else torch.zeros(len(found), 4)
        for image, found in zip(images, matches)
    ]
    return bundle(
        stage, images, predictions, variables, squares, matches, targets, losses, weights
    )


def recorded(assigner: object) -> list[Tensor]:
    """A list to which an assigner of mmdetection adds its matches of each image from now on."""
    found: list[Tensor] = []
    assign = assigner.assign

    def recording(*arguments: object, **named: object) -> object:
        result = assign(*arguments, **named)
        found.append(result.gt_inds - 1)
        return result

    assigner.assign = recording
    return found


def in_single_precision(method: Callable) -> Callable:
    """A method that makes targets, which assigners do in single precision, called from losses in double."""

    def call(*arguments: object, **named: object) -> object:
        result = method(*(cast(argument, torch.float32) for argument in arguments), **named)
        return cast(result, torch.float64)

    return call


def cast(value: object, dtype: torch.dtype) -> object:
    """Numbers in tensors, or in lists and tuples of them, as of another type."""
    if isinstance(value, (list, tuple)):
        return [cast(part, dtype) for part in value]
    is_number = isinstance(value, Tensor) and value.is_floating_point()
    return value.to(dtype) if is_number else value
