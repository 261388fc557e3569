"""Single parts of an objective as plain functions."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from losskit import _arrays, _call, _library

#: ``losskit_image``: priors, ground truth, width, height, step, scores, predicted boxes.
_IMAGE = struct.Struct("PNPNPPNPNNNqPNP")


def match(
    priors: Any,
    boxes: Any,
    *,
    assigner: str = "max_iou",
    image_size: tuple[int, int] | None = None,
    labels: Any = None,
    ignored: Any = None,
    levels: Sequence[tuple[int, float]] = (),
    scores: Any = None,
    predicted_boxes: Any = None,
    step: int = 0,
    **parameters: Any,
) -> NDArray[np.int64]:
    """Matches priors with boxes, without a matrix of overlaps.

    ``losskit.match(priors, boxes, assigner="max_iou", positive_iou=0.5, negative_iou=0.4)``

    Args:
        priors: ``[priors, 4]``, x1, y1, x2, y2 in pixels.
        boxes: ``[objects, 4]``, the same.
        assigner: The name of an assigner; ``losskit list assigner`` shows all.
        image_size: Height and width; what holds all boxes where left out.
        labels: ``[objects]``, from 1; 1 where left out.
        ignored: ``[objects]``, true for regions in which priors are ignored.
        levels: The number of priors and the stride of each level, for assigners that read them.
        scores: ``[priors, classes]``, probabilities, for assigners that read them.
        predicted_boxes: ``[priors, 4]``, for assigners that read them.
        step: Counts training steps.
        **parameters: The assigner's.

    Returns:
        For each prior the index of its box, -1 for background, -2 where it is ignored.

    Raises:
        RecipeError: Where there is no such assigner, or a parameter is wrong.
        ValueError: Where a box can't be used, or something isn't there that the assigner reads.
    """
    priors = _arrays.boxes(priors, "priors")
    boxes = _arrays.boxes(boxes, "boxes")
    count = len(boxes)
    labels = _arrays.integers(np.ones(count, np.int64) if labels is None else labels, count, "labels")
    flags = _arrays.flags(np.zeros(count, np.uint8) if ignored is None else ignored, count, "ignored")
    objects = np.flatnonzero(flags == 0)
    if image_size is None:
        largest = max((float(array.max()) for array in (priors, boxes) if array.size), default=1.0)
        side = int(min(max(1.0, np.ceil(largest)), 2**31 - 1)) if np.isfinite(largest) else 1
        image_size = (side, side)
    classes = 0
    if scores is not None:
        scores = np.ascontiguousarray(_arrays.numbers(scores, "scores"), np.float32)
        if scores.ndim != 2 or len(scores) != len(priors):
            raise ValueError(f"scores has shape {list(scores.shape)}; expected [{len(priors)}, classes]")
        classes = scores.shape[1]
    if predicted_boxes is not None:
        predicted_boxes = _arrays.boxes(predicted_boxes, "predicted_boxes")
        if len(predicted_boxes) != len(priors):
            raise ValueError(f"predicted_boxes has {len(predicted_boxes)} rows; expected {len(priors)}")
    truth = np.ascontiguousarray(boxes[objects])
    classes_of_truth = labels[objects].clip(-1, 2**31 - 1).astype(np.int32)
    regions = np.ascontiguousarray(boxes[flags != 0])
    members, kept = _arrays.priors(priors, levels)
    height, width = (_arrays.integer(side, "image_size") for side in image_size)
    if height < 1 or width < 1:
        raise ValueError(f"image_size is {image_size!r}; expected positive numbers")
    image = ctypes.create_string_buffer(
        _IMAGE.pack(
            *members,
            _arrays.pointer(truth), _arrays.pointer(classes_of_truth), len(truth),
            _arrays.pointer(regions), len(regions),
            width, height, _arrays.integer(step, "step"),
            0 if scores is None else _arrays.pointer(scores), classes,
            0 if predicted_boxes is None else _arrays.pointer(predicted_boxes),
        )
    )  # fmt: skip
    name = _arrays.json_text({"type": assigner, **parameters}, "assigner").encode()
    matches = np.empty(len(priors), np.int64)
    _library.check(
        _library.match(None, name, ctypes.addressof(image), _call.threads(), _arrays.pointer(matches))
    )
    del kept
    matched = matches >= 0
    matches[matched] = objects[matches[matched]]
    return matches


def nms(boxes: Any, scores: Any, threshold: float, labels: Any = None) -> NDArray[np.int64]:
    """Non-maximum suppression.

    Args:
        boxes: ``[boxes, 4]``, x1, y1, x2, y2.
        scores: ``[boxes]``.
        threshold: The IoU above which the box with the lower score goes.
        labels: ``[boxes]``: boxes of different labels don't suppress each other.

    Returns:
        The indices of the kept boxes by descending score, equal ones by index.

    Raises:
        ValueError: Where lengths differ, or a number isn't finite.
    """
    boxes = _arrays.boxes(boxes, "boxes")
    count = len(boxes)
    scores = np.ascontiguousarray(_arrays.numbers(scores, "scores"), np.float32)
    if scores.shape != (count,):
        raise ValueError(f"scores has shape {list(scores.shape)}; expected [{count}]")
    if labels is not None:
        labels = _arrays.integers(labels, count, "labels")
    kept = np.empty(count, np.int64)
    kept_count = ctypes.c_size_t()
    _library.check(
        _library.nms(
            _arrays.pointer(boxes), _arrays.pointer(scores),
            None if labels is None else _arrays.pointer(labels), count, threshold,
            _arrays.pointer(kept), ctypes.byref(kept_count),
        )
    )  # fmt: skip
    return kept[: kept_count.value]
