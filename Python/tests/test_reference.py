"""Objectives in NumPy against the implementations that they follow."""

from __future__ import annotations

import numpy as np
import pytest

import losskit

import bundles  # isort: skip

CASES = [
    ("objective_torchvision", "faster_rcnn_torchvision"),
    ("objective_torchvision_empty", "faster_rcnn_torchvision"),
    ("objective_tf", "faster_rcnn_tf"),
    ("objective_retinanet", "retinanet_torchvision"),
    ("objective_retinanet_empty", "retinanet_torchvision"),
    ("objective_retinanet_mmdet", "retinanet_mmdet"),
    ("objective_fcos", "fcos_torchvision"),
    ("objective_fcos_empty", "fcos_torchvision"),
    ("objective_atss", "atss"),
    ("objective_atss_padded", "atss"),
]


def load(file: str, recipe: str) -> tuple[losskit.Objective, bundles.Arrays]:
    arrays = bundles.read(bundles.REFERENCE / f"{file}.safetensors")
    return losskit.Objective(recipe, bundles.overrides(arrays)), arrays


@pytest.mark.parametrize(("file", "recipe"), CASES)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_losses_and_gradients_are_those_of_the_reference(file: str, recipe: str) -> None:
    objective, arrays = load(file, recipe)
    targets, others = bundles.batch(arrays)
    losses = objective(arrays, targets, **others)
    assert losses.total == pytest.approx(sum(losses.values()))
    for path, term in objective.terms.items():
        assert losses.unweighted[path] == pytest.approx(arrays[f"expected/{term.name}"][0], rel=1e-5)
        assert losses[path] == term.weight * losses.unweighted[path]
    assert set(losses.gradients) == set(objective.predictions)
    for name, gradient in losses.gradients.items():
        expected = arrays[f"expected/gradient.{name}"]
        assert gradient.shape == expected.shape
        assert np.abs(gradient - expected).max() <= 1e-5 * np.abs(expected).max()


@pytest.mark.parametrize(("file", "recipe"), CASES)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_strides_and_types_make_no_difference(file: str, recipe: str) -> None:
    objective, arrays = load(file, recipe)
    targets, others = bundles.batch(arrays)
    plain = objective(arrays, targets, **others)

    def turned(array: bundles.Array) -> bundles.Array:
        """The same with the second axis fastest in memory."""
        return np.moveaxis(np.ascontiguousarray(np.moveaxis(array, 1, -1)), -1, 1)

    strided = {name: turned(arrays[name]) for name in objective.predictions}
    assert any(not array.flags.c_contiguous for array in strided.values())
    same = objective(strided, targets, **others)
    assert dict(same) == dict(plain)
    for name, gradient in plain.gradients.items():
        assert np.array_equal(same.gradients[name], gradient)

    doubles = {name: arrays[name].astype(np.float64) for name in objective.predictions}
    double = objective(doubles, targets, **others)
    for path, value in plain.items():
        assert double[path] == pytest.approx(value, rel=1e-5)
    for name, gradient in plain.gradients.items():
        assert double.gradients[name].dtype == np.float64
        assert np.abs(double.gradients[name] - gradient).max() <= 1e-5 * np.abs(gradient).max()

    halves = {name: arrays[name].astype(np.float16) for name in objective.predictions}
    half = objective(halves, targets, **others)
    widened = objective({name: array.astype(np.float32) for name, array in halves.items()}, targets, **others)
    assert dict(half) == dict(widened)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_gradients_of_terms_add_up() -> None:
    objective, arrays = load("objective_atss", "atss")
    targets, others = bundles.batch(arrays)
    whole = objective(arrays, targets, **others)
    parts = objective(arrays, targets, **others, term_gradients=True)
    assert dict(whole) == dict(parts)
    assert set(parts.term_gradients) == set(objective.terms)
    for path, gradients in parts.term_gradients.items():
        assert set(gradients) == set(objective.terms[path].predictions)
        norm = np.sqrt(
            sum(float((gradient.astype(np.float64) ** 2).sum()) for gradient in gradients.values())
        )
        assert norm == pytest.approx(parts.gradient_norms[path], rel=1e-6)
    for name, gradient in whole.gradients.items():
        assert np.array_equal(gradient, parts.gradients[name])
    none = objective(arrays, targets, **others, gradients=False)
    assert dict(none) == dict(whole)
    assert none.gradients == {} and none.gradient_norms == {}


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_running_means_move_on() -> None:
    objective, arrays = load("objective_retinanet_detectron2", "retinanet_detectron2")
    targets, others = bundles.batch(arrays)
    first = objective(arrays, targets, **others)
    assert objective.state == first.state != {}
    second = objective(arrays, targets, **others)
    for path, term in objective.terms.items():
        assert second.unweighted[path] == pytest.approx(arrays[f"expected/second.{term.name}"][0], rel=1e-5)
    again = objective(arrays, targets, **others, state=first.state)
    assert dict(again) == dict(second)
    assert objective.state == second.state
