"""COCO's metrics."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from losskit import _arrays, _call, _library

# As many as the library takes columns of classes.
_MOST_CLASSES = 65_536
_NAMES = (
    "AP", "AP50", "AP75", "AP_small", "AP_medium", "AP_large",
    "AR_1", "AR_10", "AR_100", "AR_small", "AR_medium", "AR_large",
)  # fmt: skip


def metrics(
    detections: Sequence[Mapping[str, Any]],
    targets: Sequence[Mapping[str, Any]],
    *,
    classes: Sequence[str] | None = None,
) -> dict[str, float]:
    """How well a detector finds objects, computed as pycocotools does for boxes.

    Args:
        detections: For each image ``"boxes"``, ``[detections, 4]``, ``"labels"`` from 1, and ``"scores"``:
            what a detector of torchvision gives.
        targets: For each image ``"boxes"`` and ``"labels"``, and maybe ``"area"`` (that of the box
            where left out), ``"iscrowd"``, or ``"ignore"``, true for regions in which nothing counts,
            whatever the class.
        classes: The names of the labels from 1 on; as many as there are labels, called ``"1"`` and so on,
            where left out.

    Returns:
        COCO's twelve: ``AP``, ``AP50``, ``AP75``, ``AP_small``, ``AP_medium``, ``AP_large``, ``AR_1``,
        ``AR_10``, ``AR_100``, ``AR_small``, ``AR_medium``, ``AR_large``; and ``AP/`` and the name of each
        class. NaN where there is no object to find.

    Raises:
        KeyError: Where an image lacks something.
        ValueError: Where lengths differ, or something can't be used.
    """
    if len(detections) != len(targets):
        raise ValueError(f"{len(detections)} images of detections, but {len(targets)} of targets")
    kept: list[Any] = []
    words: list[int] = []
    highest = 0

    def kept_at(values: Any) -> int:
        kept.append(values)
        return _arrays.pointer(values)

    for index, (found, target) in enumerate(zip(detections, targets)):
        place = f"targets[{index}]"
        boxes = _arrays.boxes(_entry(target, "boxes", place), f"{place}['boxes']")
        count = len(boxes)
        labels = _arrays.integers(_entry(target, "labels", place), count, f"{place}['labels']").copy()
        if count and labels.min() < 1:
            raise ValueError(f"{place}['labels'] has {labels.min()}; expected 1 or more")
        crowds = np.zeros(count, np.uint8)
        if target.get("iscrowd") is not None:
            crowds |= _arrays.flags(target["iscrowd"], count, f"{place}['iscrowd']")
        if target.get("ignore") is not None:
            ignored = _arrays.flags(target["ignore"], count, f"{place}['ignore']")
            crowds |= ignored
            labels[ignored != 0] = 0
        areas = 0
        if target.get("area") is not None:
            values = _arrays.numbers(target["area"], f"{place}['area']")
            if values.shape != (count,):
                raise ValueError(f"{place}['area'] has shape {list(values.shape)}; expected [{count}]")
            areas = kept_at(np.ascontiguousarray(values, np.float64))
        words += (kept_at(boxes), kept_at(labels), areas, kept_at(crowds), count)
        highest = max(highest, int(labels.max(initial=0)))

        place = f"detections[{index}]"
        boxes = _arrays.boxes(_entry(found, "boxes", place), f"{place}['boxes']")
        count = len(boxes)
        labels = _arrays.integers(_entry(found, "labels", place), count, f"{place}['labels']")
        scores = np.ascontiguousarray(
            _arrays.numbers(_entry(found, "scores", place), f"{place}['scores']"), np.float32
        )
        if scores.shape != (count,):
            raise ValueError(f"{place}['scores'] has shape {list(scores.shape)}; expected [{count}]")
        words += (kept_at(boxes), kept_at(labels), kept_at(scores), count)
        highest = max(highest, int(labels.max(initial=0)))

    if highest > _MOST_CLASSES:
        raise ValueError(f"there is a label {highest}; expected {_MOST_CLASSES} at most")
    names = [str(label) for label in range(1, highest + 1)] if classes is None else list(classes)
    values = np.empty(len(_NAMES) + len(names))
    images = ctypes.create_string_buffer(struct.pack("PPPPNPPPN" * len(targets), *words))
    _library.check(
        _library.metrics(
            ctypes.addressof(images), len(targets), len(names), _call.threads(), _arrays.pointer(values)
        )
    )
    return dict(zip((*_NAMES, *(f"AP/{name}" for name in names)), values.tolist()))


def _entry(image: Mapping[str, Any], key: str, place: str) -> Any:
    if key not in image:
        raise KeyError(f"{place} has no {key!r}; there is {', '.join(map(repr, image))}")
    return image[key]
