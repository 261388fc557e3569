"""Inputs of the works, drawn at random: the same in each run."""

import zlib
from math import ceil, sqrt

import numpy as np
from numpy.random import Generator
from work import Inputs, Work

CLASSES = 20
OBJECTS = 8
OBJECT_CLASSES = 80
PROPOSALS = 2000
STRIDES = (4, 8, 16, 32, 64)


def draw(work: Work) -> Inputs:
    """The inputs of a work, under the names that losskit reads them by."""
    generator = seeded(work)
    match work.operation:
        case "max_iou":
            return assignment(generator, *work.shape)
        case "atss":
            return candidates(generator, *work.shape)
        case "task_aligned" | "sim_ota" | "dynamic_soft_label":
            return predicted(generator, *work.shape)
        case "hungarian":
            return queries(generator, *work.shape)
        case "nms":
            size = (800, 1000)
            around = objects(generator, 64, size)
            return {"boxes": proposals(generator, work.shape[0], around, size)}
        case "objective":
            return objective(generator, *work.shape)
        case _:
            return loss(generator, work.loss, work.shape)


def seeded(work: Work) -> Generator:
    """A generator of the work's own."""
    return np.random.default_rng(zlib.crc32(work.name.encode()))


def loss(generator: Generator, operation: str, shape: tuple[int, ...]) -> Inputs:
    """Predictions that the loss reads, and targets."""
    if operation in ("iou", "giou", "diou", "ciou"):
        size = (800, 1000)
        targets = objects(generator, shape[0], size)
        return {"predictions": proposals(generator, shape[0], targets, size), "targets": targets}
    logits = normals(generator, shape)
    match operation:
        case "nll":
            logits = log_softmax(logits)
        case "bce" | "gaussian_focal":
            logits = 1 / (1 + np.exp(-logits))
    match operation:
        case "gaussian_focal":
            # Bumps, and a centre in one element of fifty.
            targets = (1.02 * generator.random(shape, np.float32)).clip(0, 1)
        case "sigmoid_focal":
            # An object in one row of fifty.
            classes = generator.integers(0, 50 * shape[1], shape[0])
            targets = (classes[:, None] == np.arange(shape[1])).astype(np.float32)
        case "quality_focal" | "varifocal":
            classes = generator.integers(0, 50 * shape[1], shape[0])
            overlaps = generator.random((shape[0], 1), np.float32)
            targets = overlaps * (classes[:, None] == np.arange(shape[1]))
        case "distribution_focal":
            # Below the margin of the last bin.
            targets = (shape[1] - 1.1) * generator.random(shape[0], np.float32)
        case "softmax_cross_entropy" | "softmax_focal" | "nll":
            targets = generator.integers(0, shape[1], shape[0])
        case "bce" | "bce_with_logits" | "dice" | "tversky":
            targets = generator.random(shape, np.float32)
        case _:
            targets = normals(generator, shape)
    return {"predictions": logits, "targets": targets}


def normals(generator: Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Normal numbers with a deviation of 2."""
    return 2 * generator.standard_normal(shape, np.float32)


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """The log-probabilities of rows of logits."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def assignment(generator: Generator, priors: int, ground_truths: int) -> Inputs:
    """The anchors of a five-level pyramid, 199,974 over 800 x 1,000 pixels, and objects."""
    side = sqrt(priors / 200_000)
    size = (max(1, int(800 * side)), max(1, int(1000 * side)))
    return {
        "priors": np.concatenate([anchors(size, stride) for stride in STRIDES]),
        "gt_boxes": objects(generator, ground_truths, size),
    }


def candidates(generator: Generator, priors: int, ground_truths: int) -> Inputs:
    """One anchor a cell of a five-level pyramid, 199,877 over 600 x 1,000 pixels, and objects off any grid.

    Where anchors are equally near, torch.topk takes any of them.
    """
    side = sqrt(priors / 200_000)
    size = (max(1, int(600 * side)), max(1, int(1000 * side)))
    levels = [anchors(size, stride, (1,)) for stride in (2, 4, 8, 16, 32)]
    return {
        "priors": np.concatenate(levels),
        "prior_levels": np.array([len(level) for level in levels], np.int64),
        "gt_boxes": off_grid(generator, objects(generator, ground_truths, size), size),
    }


def predicted(generator: Generator, priors: int, ground_truths: int) -> Inputs:
    """The anchors of `candidates`, what is predicted for them, and objects of many classes.

    An anchor inside of an object predicts a box that strays from it, any other one that strays from the anchor;
    few scores are high.
    """
    data = candidates(generator, priors, ground_truths)
    boxes, objects = data["priors"].astype(np.float64), data["gt_boxes"]
    centers = (boxes[:, :2] + boxes[:, 2:]) / 2
    for box in objects:
        inside = ((centers > box[:2]) & (centers < box[2:])).all(axis=1)
        boxes[inside] = box
    sides = np.tile(boxes[:, 2:] - boxes[:, :2], 2)
    logits = generator.standard_normal((len(boxes), OBJECT_CLASSES), np.float32) - 4
    return data | {
        "prior_strides": np.array([2, 4, 8, 16, 32], np.int64),
        "boxes": (boxes + 0.2 * sides * generator.standard_normal(boxes.shape)).astype(np.float32),
        "scores": 1 / (1 + np.exp(-logits)),
        "gt_labels": generator.integers(1, OBJECT_CLASSES + 1, len(objects)),
    }


def queries(generator: Generator, count: int, ground_truths: int) -> Inputs:
    """What is predicted for queries: half of the boxes near objects, half of them anywhere."""
    size = (800, 1000)
    boxes = objects(generator, ground_truths, size)
    near = proposals(generator, count // 2, boxes, size)
    image = np.array([0, 0, size[1], size[0]], np.float32)
    return {
        "priors": np.tile(image, (count, 1)),
        "boxes": np.concatenate([near, objects(generator, count - len(near), size)]),
        "logits": normals(generator, (count, OBJECT_CLASSES + 1)),
        "gt_boxes": boxes,
        "gt_labels": generator.integers(1, OBJECT_CLASSES + 1, ground_truths),
    }


def anchors(
    size: tuple[int, int], stride: int, ratios: tuple[float, ...] = (0.5, 1, 2)
) -> np.ndarray:
    """Anchors of eight strides in each cell of a level, row by row."""
    ratios = np.sqrt(ratios)
    half = np.round(4 * stride * np.stack([1 / ratios, ratios], axis=1))
    y, x = np.mgrid[: ceil(size[0] / stride), : ceil(size[1] / stride)] * stride
    centres = np.stack([x, y], axis=2)[:, :, None]
    return np.concatenate([centres - half, centres + half], axis=3).reshape(-1, 4).astype("f4")


def objects(generator: Generator, count: int, size: tuple[int, int]) -> np.ndarray:
    """Boxes anywhere in an image, their sides from 12 pixels to half of the image's."""
    limit = np.array(size[::-1]) / 2
    least = np.minimum(12, limit)
    sides = least * (limit / least) ** generator.random((count, 2))
    corners = generator.random((count, 2)) * (2 * limit - sides)
    return on_quarters(np.concatenate([corners, corners + sides], axis=1), size)


def off_grid(generator: Generator, boxes: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Boxes with sides moved by up to half a pixel."""
    shift = generator.random(boxes.shape) - 0.5
    return (boxes + shift).clip(0, np.array([size[1], size[0]] * 2)).astype(np.float32)


def proposals(
    generator: Generator, count: int, around: np.ndarray, size: tuple[int, int]
) -> np.ndarray:
    """Boxes that stray from objects, each side by up to 0.4 of the object's."""
    boxes = around[np.arange(count) % len(around)].astype(np.float64)
    sides = np.tile(boxes[:, 2:] - boxes[:, :2], 2)
    amount = 0.8 * generator.random((count, 1))
    return on_quarters(boxes + sides * amount * (generator.random((count, 4)) - 0.5), size)


def on_quarters(boxes: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Boxes grown to quarters of pixels, where overlaps come out the same everywhere."""
    grown = np.concatenate([np.floor(boxes[:, :2] * 4), np.ceil(boxes[:, 2:] * 4)], axis=1) / 4
    return grown.clip(0, np.array([size[1], size[0]] * 2)).astype(np.float32)


def objective(
    generator: Generator, images: int, height: int, width: int, _: int
) -> Inputs:
    """A bundle for `faster_rcnn_torchvision` without the second stage's predictions."""
    size = (height, width)
    boxes = [objects(generator, OBJECTS, size) for _ in range(images)]
    given = [
        np.concatenate([proposals(generator, PROPOSALS - OBJECTS, own, size), own]) for own in boxes
    ]
    grid = (max(1, height // 16), max(1, width // 16))
    return {
        "image_sizes": np.array([size] * images, np.int64),
        "gt_boxes": np.concatenate(boxes),
        "gt_labels": generator.integers(1, CLASSES + 1, images * OBJECTS),
        "gt_image": np.arange(images).repeat(OBJECTS),
        "proposals": np.concatenate(given),
        "proposals_image": np.arange(images).repeat(PROPOSALS),
        "rpn_objectness": normals(generator, (images, 9, *grid)),
        "rpn_bbox_pred": normals(generator, (images, 36, *grid)),
    }


def head_outputs(rows: int) -> Inputs:
    """The second stage's predictions for sampled proposals."""
    generator = np.random.default_rng(rows)
    return {
        "cls_score": normals(generator, (rows, CLASSES + 1)),
        "bbox_pred": normals(generator, (rows, 4 * (CLASSES + 1))),
    }
