"""Losses written in Python."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
import torch
from test_torch import SHARED, SIZES, gradients, predictions, targets
from torch import Tensor

import losskit

BOX = "stages.retinanet.terms.retinanet_box.loss"
CLASS = "stages.retinanet.terms.retinanet_cls"


@losskit.loss("huberlike", {"beta": losskit.Parameter(1 / 9, above=0, help="Where it bends.")})
def huberlike(prediction: Tensor, target: Tensor, *, beta: float) -> Tensor:
    """Smooth L1."""
    return torch.nn.functional.smooth_l1_loss(prediction, target, beta=beta, reduction="none")


@losskit.loss("tests/entropy", {"smoothing": 0.0}, targets="classes")
def entropy(prediction: Tensor, target: Tensor, *, smoothing: float) -> Tensor:
    """Softmax cross-entropy."""
    return torch.nn.functional.cross_entropy(prediction, target, label_smoothing=smoothing, reduction="none")


@losskit.loss("tests/broken", {"how": losskit.Parameter("raise", choices=("raise", "shape"))})
def broken(prediction: Tensor, target: Tensor, *, how: str) -> Tensor:
    """Not a loss."""
    if how == "raise":
        raise RuntimeError("no luck")
    return prediction.sum()


@losskit.loss("tests/detached")
def detached(prediction: Tensor, target: Tensor) -> Tensor:
    """Its gradient lacks a factor."""
    return (prediction - target) * (prediction - target).detach()


def evaluated(
    overrides: dict[str, Any], losses: tuple[losskit.Loss, ...] = ()
) -> tuple[Tensor, list[Tensor]]:
    """The total and its gradients."""
    given = predictions()
    made = losskit.Objective(SHARED, overrides, losses=losses)
    total: Tensor = made(given, targets(), image_sizes=SIZES).total
    return total, gradients(total, given)


@pytest.mark.parametrize(
    ("own", "builtin"),
    [
        (
            {BOX: {"type": "python/huberlike", "beta": 0.5}},
            {BOX: {"type": "smooth_l1", "beta": 0.5}},
        ),
        (
            {f"{CLASS}.loss": "tests/entropy", f"{CLASS}.background": "first"},
            {f"{CLASS}.loss": "softmax_cross_entropy", f"{CLASS}.background": "first"},
        ),
    ],
)
def test_a_loss_in_python_is_what_it_is_in_swift(own: Any, builtin: Any) -> None:
    total, found = evaluated(own, (huberlike, entropy))
    expected_total, expected = evaluated(builtin)
    torch.testing.assert_close(total, expected_total)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other)


def test_its_parameters_are_checked() -> None:
    with pytest.raises(losskit.RecipeError, match="beta") as raised:
        evaluated({BOX: {"type": "python/huberlike", "beta": -1}}, (huberlike,))
    assert raised.value.diagnostics
    with pytest.raises(losskit.RecipeError, match=r"betta.*beta"):
        evaluated({BOX: {"type": "python/huberlike", "betta": 1}}, (huberlike,))
    with pytest.raises(losskit.RecipeError, match="python/huberlike"):
        evaluated({BOX: "python/huberlike"})


def test_what_it_raises_is_told() -> None:
    with pytest.raises(ValueError, match="RuntimeError: no luck"):
        evaluated({BOX: "tests/broken"}, (broken,))
    with pytest.raises(ValueError, match=r"shape \(\); expected \(\d+, 4\)"):
        evaluated({BOX: {"type": "tests/broken", "how": "shape"}}, (broken,))


def test_it_is_listed() -> None:
    listed = {entry["name"]: entry for entry in losskit.components(losses=[huberlike])["loss"]}
    entry = listed["python/huberlike"]
    assert entry["summary"] == "Smooth L1."
    assert "smooth_l1_loss" in entry["formula"]
    assert [parameter["name"] for parameter in entry["parameters"]] == ["beta"]


def test_it_is_called_as_a_function() -> None:
    rows = torch.randn(3, 4)
    assert torch.equal(huberlike(rows, rows + 1), huberlike.function(rows, rows + 1, beta=1 / 9))


def test_gradcheck() -> None:
    losskit.gradcheck(huberlike)
    losskit.gradcheck(huberlike, beta=0.7)
    losskit.gradcheck(entropy, columns=5)
    with pytest.raises(AssertionError, match="tests/detached"):
        losskit.gradcheck(detached)


def test_an_objective_with_it_is_pickled() -> None:
    made = losskit.Objective(SHARED, {BOX: "python/huberlike"}, losses=[huberlike])
    other = pickle.loads(pickle.dumps(made))
    given = predictions()
    first, second = (o(given, targets(), image_sizes=SIZES).total for o in (made, other))
    assert first == second


def test_numbers_of_numpy_go_through_it() -> None:
    arrays = {name: tensor.detach().numpy() for name, tensor in predictions().items()}
    made = losskit.Objective(SHARED, {BOX: "python/huberlike"}, losses=[huberlike])
    losses = made(arrays, targets(), image_sizes=SIZES)
    total, _ = evaluated({BOX: "python/huberlike"}, (huberlike,))
    assert np.float32(losses.total) == pytest.approx(total.item(), rel=1e-6)
