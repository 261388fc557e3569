"""The objective of YOLOv8, by ultralytics' own loss."""

from types import SimpleNamespace

import torch
from predicted_boxes import (
    as_maps,
    centers_of,
    dense_bundle,
    distances,
    point_squares,
    predicted_distances,
)
from scenes import CLASS_COUNT, Image
from torch import Tensor, nn
from ultralytics.utils.loss import v8DetectionLoss

STRIDES = (8, 16, 32)
BINS = 16
GAINS = {"yolov8_box": 7.5, "yolov8_cls": 0.5, "yolov8_dfl": 1.5}
PARAMETERS = {"yolov8": {"top_k": 10, "alpha": 0.5, "beta": 6, "bins": BINS}}


def make_ultralytics_objective(
    images: list[Image], padded: tuple[int, int], seed: int
) -> dict[str, Tensor]:
    """The tensors of the bundle; `padded` is the size (height, width) of the batch, a multiple of 32."""
    generator = torch.Generator().manual_seed(seed)
    squares = point_squares(padded, STRIDES, offset=0.5)
    stride = squares[:, 2:3] - squares[:, :1]
    scores = torch.randn(len(images), len(squares), CLASS_COUNT, generator=generator)
    sides = predicted_distances(images, squares, generator) / stride
    # Distributions whose means are about the distances.
    away = (sides[..., None].clamp(max=BINS - 1) - torch.arange(BINS)).abs()
    bins = 0.3 * torch.randn(away.shape, generator=generator) - 2 * away
    predictions = as_maps(scores, "cls_score", padded, STRIDES)
    predictions |= as_maps(bins.flatten(2), "bbox_pred", padded, STRIDES)
    batch = labels_of(images, padded)

    def run(variables: dict[str, Tensor]) -> tuple[dict[str, Tensor], list[Tensor]]:
        matches: list[Tensor] = []
        criterion = make_criterion(CLASS_COUNT)
        criterion.assigner.register_forward_hook(lambda _, __, found: matches.extend(of(found)))
        outputs = [
            torch.cat([variables[f"bbox_pred_{level}"], variables[f"cls_score_{level}"]], dim=1)
            for level in range(len(STRIDES))
        ]
        losses = criterion(outputs, batch)[0] / len(images)
        names = ("yolov8_box", "yolov8_cls", "yolov8_dfl")
        found = {name: loss / GAINS[name] for name, loss in zip(names, losses)}
        return found, matches

    def encoded(matched: Tensor) -> Tensor:
        return (distances(matched, centers_of(squares)) / stride).clamp(0, BINS - 1 - 0.01)

    # What ultralytics makes anew, such as boxes, is of the default type.
    torch.set_default_dtype(torch.float64)
    try:
        return dense_bundle("yolov8", images, predictions, squares, encoded, run, GAINS)
    finally:
        torch.set_default_dtype(torch.float32)


def labels_of(images: list[Image], padded: tuple[int, int]) -> dict[str, Tensor]:
    """Objects as ultralytics' batches have them: centres and sides in shares of the padded size."""
    boxes = torch.cat([image.boxes for image in images]).double()
    size = torch.tensor([padded[1], padded[0]], dtype=torch.float64)
    centers, sides = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
    counts = torch.tensor([len(image.boxes) for image in images])
    return {
        "batch_idx": torch.arange(len(images)).repeat_interleave(counts).double(),
        "cls": torch.cat([image.labels for image in images]).double() - 1,
        "bboxes": torch.cat([centers / size, sides / size], dim=1),
    }


def of(found: tuple[Tensor, ...]) -> list[Tensor]:
    """The matches of each image; fails where one counts nothing, which may be any of what ties at 0."""
    _, _, scores, is_positive, indices = found
    assert (scores.sum(dim=2) > 0).equal(is_positive)
    return list(torch.where(is_positive, indices.long(), -1))


def make_criterion(class_count: int) -> v8DetectionLoss:
    """The loss as yolov8 configures it."""

    class Model(nn.Module):
        """What the loss reads of a model."""

        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(1))
            self.args = SimpleNamespace(
                box=GAINS["yolov8_box"], cls=GAINS["yolov8_cls"], dfl=GAINS["yolov8_dfl"]
            )
            head = SimpleNamespace(stride=torch.tensor(STRIDES), nc=class_count, reg_max=BINS)
            head.no = class_count + 4 * BINS
            self.model = [head]

    return v8DetectionLoss(Model())
