"""The objective of YOLOX, by its authors' head."""

from types import SimpleNamespace

import torch
from mmdet_yolox_objective import STRIDES, encode, head_outputs, levels
from predicted_boxes import dense_bundle
from scenes import CLASS_COUNT, Image
from torch import Tensor, nn

PARAMETERS = {"yolox": {"top_k": 10, "center_radius": 1.5}}
BOX_WEIGHT = 5.0


def make_yolox_objective(
    repository: SimpleNamespace, images: list[Image], padded: tuple[int, int], seed: int
) -> dict[str, Tensor]:
    """The tensors of the bundle; `padded` is the size (height, width) of the batch, a multiple of 32."""
    head = repository.yolo_head.YOLOXHead(CLASS_COUNT, width=1 / 256)
    predictions, squares = head_outputs(images, padded, seed)
    truths = labels_of(images)
    found = recorded(head)

    def run(variables: dict[str, Tensor]) -> tuple[dict[str, Tensor], list[Tensor]]:
        found.clear()
        _, box, objectness, classes, _, _ = losses(head, variables, truths)
        named = {
            "yolox_cls": classes,
            "yolox_box": box / BOX_WEIGHT,
            "yolox_objectness": objectness,
        }
        background = torch.full((len(squares),), -1)
        return named, [found.get(index, background) for index in range(len(images))]

    return dense_bundle(
        "yolox",
        images,
        predictions,
        squares,
        lambda matched: encode(matched, squares),
        run,
        weights={"yolox_box": BOX_WEIGHT},
    )


def losses(head: nn.Module, variables: dict[str, Tensor], truths: Tensor) -> tuple:
    """The total, and the losses of boxes, objects and classes, of the outputs of the last layers."""
    rows, columns, strides, outputs = [], [], [], []
    for level, (scores, boxes, objectness) in enumerate(zip(*levels(variables))):
        output, grid = head.get_output_and_grid(
            torch.cat([boxes, objectness, scores], dim=1), level, STRIDES[level], boxes.type()
        )
        outputs.append(output)
        columns.append(grid[:, :, 0])
        rows.append(grid[:, :, 1])
        strides.append(torch.full_like(grid[:, :, 0], STRIDES[level]))
    every = torch.cat(outputs, dim=1)
    return head.get_losses(None, columns, rows, strides, truths, every, [], dtype=every.dtype)


def labels_of(images: list[Image]) -> Tensor:
    """For each image class, centre and sides of its objects, and rows of zeros after them."""
    most = max(len(image.boxes) for image in images)
    labels = torch.zeros(len(images), most, 5, dtype=torch.float64)
    for row, image in zip(labels, images):
        boxes = image.boxes.double()
        row[: len(boxes), 0] = image.labels - 1
        row[: len(boxes), 1:3] = (boxes[:, :2] + boxes[:, 2:]) / 2
        row[: len(boxes), 3:] = boxes[:, 2:] - boxes[:, :2]
    return labels


def recorded(head: nn.Module) -> dict[int, Tensor]:
    """Where the head puts its matches of each image that has objects from now on."""
    found: dict[int, Tensor] = {}
    assign = head.get_assignments

    def recording(image: int, *arguments: object) -> tuple:
        result = assign(image, *arguments)
        _, is_positive, _, objects, _ = result
        found[image] = torch.full((len(is_positive),), -1)
        found[image][is_positive] = objects
        return result

    head.get_assignments = recording
    return found
