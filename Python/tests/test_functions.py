"""Matching and suppression against their rules written down naively."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import losskit


def random_boxes(rng: np.random.Generator, count: int, side: float = 100) -> NDArray[np.float32]:
    corners = rng.uniform(0, side, (count, 2))
    return np.concatenate([corners, corners + rng.uniform(1, side / 2, (count, 2))], axis=1).astype(
        np.float32
    )


def overlaps(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=2)
    areas = [np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (first, second)]
    result: NDArray[np.float32] = shared / (areas[0][:, None] + areas[1][None] - shared)
    return result


@pytest.mark.parametrize("seed", range(5))
def test_max_iou_matches_as_a_matrix_would(seed: int) -> None:
    rng = np.random.default_rng(seed)
    priors, boxes = random_boxes(rng, 400), random_boxes(rng, 12)
    ious = overlaps(priors, boxes)
    best = ious.max(axis=1)
    expected = np.where(best >= 0.5, ious.argmax(axis=1), np.where(best < 0.3, -1, -2))
    matches = losskit.match(priors, boxes, positive_iou=0.5, negative_iou=0.3, match_low_quality=False)
    assert matches.dtype == np.int64
    assert np.array_equal(matches, expected)


def test_ignored_regions_are_no_objects() -> None:
    rng = np.random.default_rng(1)
    priors, boxes = random_boxes(rng, 300), random_boxes(rng, 6)
    settings: dict[str, Any] = {"positive_iou": 0.4, "negative_iou": 0.4, "match_low_quality": False}
    ignored = np.array([True, False, False, True, False, False])
    matches = losskit.match(priors, boxes, ignored=ignored, **settings)
    assert not np.isin(matches, [0, 3]).any()
    kept = losskit.match(priors, boxes[~ignored], **settings)
    everything = losskit.match(priors, boxes, ignored=np.ones(6, bool), **settings)
    assert set(everything) <= {-1, -2}
    positive = kept >= 0
    assert np.array_equal(matches[positive], np.flatnonzero(~ignored)[kept[positive]])


def test_levels_are_read() -> None:
    centers = np.stack(np.meshgrid(np.arange(8), np.arange(8)), axis=-1).reshape(-1, 2) * 8 + 4
    priors = np.concatenate([centers - 16, centers + 16], axis=1).astype(np.float32)
    matches = losskit.match(priors, [[8, 8, 40, 40]], assigner="atss", levels=[(64, 8.0)], candidates=9)
    assert set(matches) == {-1, 0}
    assert (matches == 0).sum() <= 9


@pytest.mark.parametrize("seed", range(5))
def test_suppression_keeps_what_the_rule_keeps(seed: int) -> None:
    rng = np.random.default_rng(seed)
    boxes = random_boxes(rng, 200)
    scores = rng.integers(0, 40, 200).astype(np.float32)
    labels = rng.integers(0, 3, 200)
    ious = overlaps(boxes, boxes)
    for groups in (None, labels):
        kept: list[int] = []
        for index in sorted(range(200), key=lambda row: (-scores[row], row)):
            if all(
                ious[index, other] <= 0.4 or (groups is not None and groups[index] != groups[other])
                for other in kept
            ):
                kept.append(index)
        assert losskit.nms(boxes, scores, 0.4, groups).tolist() == kept


def test_nothing_is_fine() -> None:
    assert losskit.match([], []).shape == (0,)
    assert losskit.match([[0, 0, 1, 1]], []).tolist() == [-1]
    assert losskit.nms([], [], 0.5).tolist() == []
