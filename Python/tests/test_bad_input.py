"""Input that can't be used: exceptions that say where, what and what to do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import losskit


def call(objective: Any, predictions: Any, targets: Any, sizes: Any, **others: Any) -> Any:
    return objective(predictions, targets, image_sizes=sizes, **others)


def test_a_missing_prediction(objective: Any, predictions: Any, targets: Any, sizes: Any) -> None:
    del predictions["deltas"]
    with pytest.raises(KeyError, match=r'prediction "deltas": is missing; there is scores'):
        call(objective, predictions, targets, sizes)


@pytest.mark.parametrize("dtype", [np.int64, np.bool_, np.complex64, "U3", object, np.longdouble])
def test_a_dtype_that_is_no_number(
    dtype: Any, objective: Any, predictions: Any, targets: Any, sizes: Any
) -> None:
    predictions["scores"] = predictions["scores"].astype(dtype)
    with pytest.raises(ValueError, match=r"'scores'.*expected float16, float32 or float64"):
        call(objective, predictions, targets, sizes)


def test_single_and_double_precision_together(
    objective: Any, predictions: Any, targets: Any, sizes: Any
) -> None:
    predictions["scores"] = predictions["scores"].astype(np.float64)
    with pytest.raises(ValueError, match=r'"deltas".*convert all of them, or none'):
        call(objective, predictions, targets, sizes)


@pytest.mark.parametrize("shape", [(1, 2, 2), (2, 2, 2, 2), (1, 0, 2, 2), (0,), ()])
def test_a_shape_that_does_not_fit(
    shape: Any, objective: Any, predictions: Any, targets: Any, sizes: Any
) -> None:
    predictions["scores"] = np.zeros(shape, np.float32)
    with pytest.raises(ValueError, match="scores"):
        call(objective, predictions, targets, sizes)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_a_prediction_that_is_not_finite(
    number: float, objective: Any, predictions: Any, targets: Any, sizes: Any
) -> None:
    predictions["scores"][0, 1, 1, 0] = number
    with pytest.raises(losskit.NonFiniteError, match=r'"scores" image 0, c = 1, h = 1, w = 0') as raised:
        call(objective, predictions, targets, sizes)
    assert isinstance(raised.value, ValueError)
    assert raised.value.image == 0


def test_a_step_that_is_skipped(recipe: Any, predictions: Any, targets: Any, sizes: Any) -> None:
    objective = losskit.Objective(recipe, on_nonfinite="skip")
    fine = call(objective, predictions, targets, sizes)
    predictions["scores"][0, 0, 0, 0] = np.nan
    with pytest.warns(RuntimeWarning, match="a step was skipped"):
        losses = call(objective, predictions, targets, sizes)
    assert losses.total == 0 and set(losses.values()) == {0}
    assert losses.skipped is not None and '"scores" image 0' in losses.skipped
    assert not any(gradient.any() for gradient in losses.gradients.values())
    assert {name: array.shape for name, array in losses.gradients.items()} == {
        name: array.shape for name, array in fine.gradients.items()
    }
    # What isn't a prediction's fault isn't skipped.
    targets[0]["boxes"][0, 0] = np.nan
    predictions["scores"][0, 0, 0, 0] = 0
    with pytest.raises(ValueError, match="gt_boxes image 0, row 0"):
        call(objective, predictions, targets, sizes)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"boxes": [[0, 0, 16]]}, ValueError, r"targets\[0\]\['boxes'\] has shape \[1, 3\]"),
        ({"boxes": [0, 0, 16, 16]}, ValueError, r"expected \[boxes, 4\]"),
        ({"boxes": [["a", "b", "c", "d"]]}, ValueError, "expected numbers"),
        ({"boxes": [[0, 0, 16, np.inf]]}, ValueError, "not finite"),
        ({"boxes": [[8, 0, 8, 16]]}, ValueError, "not positive; expected x1 < x2"),
        ({"boxes": [[10, 10, 5, 8]]}, ValueError, "not positive; expected x1 < x2"),
        ({"labels": [1, 2]}, ValueError, r"has shape \[2\]; expected \[1\]"),
        ({"labels": [1.0]}, ValueError, "expected integers"),
        ({"labels": [0]}, ValueError, r"label 0; expected 1 or more \(0 is the background\)"),
        ({"labels": [2]}, ValueError, "label 2 is out of range"),
        ({"labels": [-1]}, ValueError, "label -1"),
        ({"labels": [2**40]}, ValueError, "label 1099511627776"),
        ({"iscrowd": [0, 1]}, ValueError, r"\['iscrowd'\] has shape"),
    ],
)
def test_targets_that_cannot_be_used(
    changes: Any, error: Any, words: str, objective: Any, predictions: Any, targets: Any, sizes: Any
) -> None:
    with pytest.raises(error, match=words):
        call(objective, predictions, [{**targets[0], **changes}], sizes)


def test_targets_without_labels(objective: Any, predictions: Any, targets: Any, sizes: Any) -> None:
    del targets[0]["labels"]
    with pytest.raises(KeyError, match=r"targets\[0\] has no 'labels'; there is 'boxes'"):
        call(objective, predictions, targets, sizes)


def test_lists_of_unequal_lengths(objective: Any, predictions: Any, targets: Any, sizes: Any) -> None:
    with pytest.raises(ValueError, match="targets has 2 entries, but image_sizes has 1"):
        call(objective, predictions, targets * 2, sizes)
    with pytest.raises(ValueError, match="proposals has 0 entries"):
        call(objective, predictions, targets, sizes, proposals=[])
    with pytest.raises(ValueError, match="n = 2"):
        call(objective, predictions, targets * 2, sizes * 2)


@pytest.mark.parametrize("wrong", [None, [(0, 32)], [(32, -1)], [32], [(32, 32, 3)]])
def test_image_sizes_that_are_none(wrong: Any, objective: Any, predictions: Any, targets: Any) -> None:
    with pytest.raises(ValueError, match="image_sizes"):
        call(objective, predictions, targets, wrong)


def test_boxes_as_corner_and_size_are_suspected(recipe: Any, predictions: Any) -> None:
    objective = losskit.Objective(recipe)
    boxes = np.array([[2, 3, 12, 14], [1, 1, 9, 20], [4, 2, 16, 17], [3, 6, 21, 8]] * 2)
    targets = [{"boxes": boxes, "labels": np.ones(8, np.int64)}]
    with pytest.warns(UserWarning, match="x, y, width, height"):
        call(objective, predictions, targets, [(32, 32)])


def test_objects_without_anything(objective: Any, predictions: Any, sizes: Any) -> None:
    empty: list[dict[str, Any]] = [{"boxes": [], "labels": []}]
    losses = call(objective, predictions, empty, sizes)
    assert losses["dense.box"] == 0 and losses["dense.cls"] > 0


def test_a_batch_without_images(objective: Any) -> None:
    nothing = {
        "scores": np.zeros((0, 2, 2, 2), np.float32),
        "deltas": np.zeros((0, 4, 2, 2), np.float32),
    }
    assert call(objective, nothing, [], []).total == 0


@pytest.mark.parametrize("step", [-1, 2**62])
def test_a_strange_step(step: int, objective: Any, predictions: Any, targets: Any, sizes: Any) -> None:
    assert call(objective, predictions, targets, sizes, step=step).total > 0


@pytest.mark.parametrize("step", [2**64, 1.5, "3", None])
def test_a_step_that_is_none(step: Any, objective: Any, predictions: Any, targets: Any, sizes: Any) -> None:
    with pytest.raises(ValueError, match="step is"):
        call(objective, predictions, targets, sizes, step=step)


@pytest.mark.parametrize("threads", [0, -1, 1025, 2**40])
def test_threads_that_nobody_has(threads: int, recipe: Any) -> None:
    with pytest.raises(ValueError, match="expected 1 to 1024"):
        losskit.Objective(recipe, threads=threads)


def test_wrong_arguments_of_functions() -> None:
    boxes = np.array([[0, 0, 16, 16]], np.float32)
    with pytest.raises(losskit.RecipeError, match='did you mean "max_iou"'):
        losskit.match(boxes, boxes, assigner="max_ios")
    with pytest.raises(losskit.RecipeError, match="positive_iou"):
        losskit.match(boxes, boxes, positive_iou="high", negative_iou=0.4)
    with pytest.raises(ValueError, match="reads strides"):
        losskit.match(boxes, boxes, assigner="fcos")
    with pytest.raises(ValueError, match="scores"):
        losskit.nms(boxes, [1, 2], 0.5)
    with pytest.raises(ValueError, match="not a number"):
        losskit.nms(boxes, [np.nan], 0.5)
    with pytest.raises(ValueError, match="threads"):
        losskit.set_threads(0)
