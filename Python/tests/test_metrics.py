"""COCO's metrics against pycocotools' values."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import losskit

import bundles  # isort: skip


FILE = bundles.REFERENCE / "coco_metrics.safetensors"
CASES = json.loads(bundles.metadata(FILE)["cases"])


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_metrics_are_those_of_pycocotools(case: dict[str, Any]) -> None:
    prefix = case["name"] + "/"
    arrays = {
        name.removeprefix(prefix): array
        for name, array in bundles.read(FILE).items()
        if name.startswith(prefix)
    }
    targets, found = [], []
    for image in range(case["parameters"]["images"]):
        rows = arrays["gt_image"] == image
        targets.append(
            {
                "boxes": arrays["gt_boxes"][rows],
                "labels": arrays["gt_labels"][rows],
                "area": arrays["gt_areas"][rows],
                "iscrowd": arrays["gt_crowds"][rows] > 0,
            }
        )
        rows = arrays["detection_image"] == image
        found.append({key: arrays[f"detection_{key}"][rows] for key in ("boxes", "labels", "scores")})
    values = losskit.metrics(found, targets, classes=["one", "two", "three"])
    expected = np.concatenate([arrays["expected/values"], arrays["expected/classes"]])
    assert np.nan_to_num(list(values.values()), nan=-1) == pytest.approx(expected, abs=1e-14)


def test_perfect_detections_are_perfect() -> None:
    boxes = np.array([[0, 0, 50, 50], [60, 60, 160, 200]], np.float32)
    targets = [{"boxes": boxes, "labels": np.array([1, 2])}]
    found = [{"boxes": boxes, "labels": np.array([1, 2]), "scores": np.array([0.9, 0.8])}]
    values = losskit.metrics(found, targets, classes=["cat", "dog"])
    assert values["AP"] == values["AP/cat"] == values["AP/dog"] == pytest.approx(1)
    assert values["AR_100"] == pytest.approx(1)
    assert np.isnan(values["AP_small"])
    none = losskit.metrics([{"boxes": [], "labels": [], "scores": []}], targets)
    assert none["AP"] == 0 and set(none) == {name.replace("cat", "1").replace("dog", "2") for name in values}


def test_what_cannot_be_measured_is_told() -> None:
    boxes = np.array([[0, 0, 50, 50]], np.float32)
    target: dict[str, Any] = {"boxes": boxes, "labels": np.array([1])}
    found: dict[str, Any] = {"boxes": boxes, "labels": np.array([1]), "scores": np.array([0.5])}
    with pytest.raises(KeyError, match=r"detections\[0\] has no 'scores'"):
        losskit.metrics([target], [target])
    with pytest.raises(ValueError, match="2 images of detections"):
        losskit.metrics([found, found], [target])
    with pytest.raises(ValueError, match="label 1; expected 1 to 0"):
        losskit.metrics([found], [target], classes=[])
    with pytest.raises(ValueError, match="finite"):
        losskit.metrics([{**found, "scores": [np.nan]}], [target])
    with pytest.raises(ValueError, match="expected 1 or more"):
        losskit.metrics([found], [{**target, "labels": [0]}])
    assert losskit.metrics([], [])["AP"] != 0
