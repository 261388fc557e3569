"""Losses that remember: what they count goes in with a call and comes out with its result."""

from __future__ import annotations

import pickle
import re
from copy import deepcopy
from typing import Any

import numpy as np
import pytest

import losskit

CLS = "stages.dense.terms.cls"


@pytest.fixture
def seesaw(recipe: dict[str, Any]) -> losskit.Objective:
    return losskit.Objective(recipe, {f"{CLS}.loss": "seesaw"})


@pytest.fixture
def scores(predictions: dict[str, Any]) -> dict[str, Any]:
    # One class, and two columns of objectness.
    return predictions | {"scores": np.zeros((1, 3, 2, 2), np.float32)}


def test_counts_move_on(seesaw: losskit.Objective, scores: Any, targets: Any, sizes: Any) -> None:
    assert seesaw.terms["dense.cls"].loss_remembers
    assert not seesaw.terms["dense.box"].loss_remembers
    first = seesaw(scores, targets, image_sizes=sizes)
    # One prior of the class, three of the background.
    assert seesaw.state == first.state == {"dense.cls.loss": (1.0, 3.0)}
    second = seesaw(scores, targets, image_sizes=sizes)
    assert second.state == {"dense.cls.loss": (2.0, 6.0)}
    again = seesaw(scores, targets, image_sizes=sizes, state=first.state)
    assert again.state == second.state == seesaw.state
    assert dict(again) == dict(second)
    assert pickle.loads(pickle.dumps(seesaw)).state == second.state
    assert deepcopy(seesaw).state == second.state


def test_what_is_remembered_counts(recipe: Any, predictions: Any, targets: Any, sizes: Any) -> None:
    objective = losskit.Objective(recipe, {f"{CLS}.loss": {"type": "ghm_c", "momentum": 0.75}})
    given = predictions | {"scores": np.zeros((1, 1, 2, 2), np.float32)}
    first = objective(given, targets, image_sizes=sizes)
    # Four values in the bin that begins at 1/2: a quarter of them are remembered, and each counts 4 / 1.
    assert first.state["dense.cls.loss"] == (0.0,) * 5 + (1.0,) + (0.0,) * 4
    assert first["dense.cls"] == pytest.approx(4 * np.log(2), rel=1e-6)
    second = objective(given, targets, image_sizes=sizes)
    assert second["dense.cls"] == pytest.approx(4 / 1.75 * np.log(2), rel=1e-6)


def test_states_of_other_classes_are_refused(
    seesaw: losskit.Objective, scores: Any, targets: Any, sizes: Any
) -> None:
    with pytest.raises(ValueError, match="has 3 numbers, but seesaw remembers 2"):
        seesaw(scores, targets, image_sizes=sizes, state={"dense.cls.loss": (1, 2, 3)})


def test_what_is_no_state_is_refused(
    seesaw: losskit.Objective, scores: Any, targets: Any, sizes: Any
) -> None:
    for state, error, message in [
        ("x", TypeError, "state is 'x'; expected a mapping"),
        ({"dense.clss": 1}, ValueError, "has 'dense.clss', which is none of 'dense.cls', 'dense.cls.loss'"),
        ({"dense.cls": None}, TypeError, "state 'dense.cls' is None; expected a number"),
        ({"dense.cls": [1, 2]}, TypeError, "expected a number"),
        ({"dense.cls": "3"}, TypeError, "state 'dense.cls' is '3'; expected a number"),
        ({"dense.cls.loss": 1}, TypeError, "state 'dense.cls.loss' is 1; expected numbers"),
        ({"dense.cls.loss": ("a", 1)}, TypeError, "state 'dense.cls.loss' is 'a'; expected a number"),
        ({"dense.cls": np.nan}, ValueError, "expected a number"),
        ({1: 1}, ValueError, "state has 1, which"),
    ]:
        seesaw.state = state  # type: ignore[assignment]
        with pytest.raises(error, match=re.escape(message)):
            seesaw(scores, targets, image_sizes=sizes)


def test_numbers_of_numpy_are_numbers(recipe: Any, predictions: Any, targets: Any, sizes: Any) -> None:
    normalizer = {"by": "sampled", "running_mean": {"initial": 4}}
    loss = {"type": "ghm_c", "momentum": 0.75}
    objective = losskit.Objective(recipe, {f"{CLS}.normalizer": normalizer, f"{CLS}.loss": loss})
    given = predictions | {"scores": np.zeros((1, 1, 2, 2), np.float32)}

    def divisors(mean: Any, counts: Any) -> Any:
        state = {"dense.cls": mean, "dense.cls.loss": counts}
        return dict(objective(given, targets, image_sizes=sizes, state=state))

    expected = divisors(2.0, (1.0,) * 10)
    for number in (2, np.float32(2), np.int64(2), np.array(2.0), np.array([2.0])[0]):
        assert divisors(number, np.ones(10, np.float32)) == expected


def test_a_step_that_is_skipped_counts_nothing(recipe: Any, scores: Any, targets: Any, sizes: Any) -> None:
    objective = losskit.Objective(recipe, {f"{CLS}.loss": "seesaw"}, on_nonfinite="skip")
    objective(scores, targets, image_sizes=sizes)
    before = dict(objective.state)
    scores["scores"] = np.full((1, 3, 2, 2), np.nan, np.float32)
    with pytest.warns(RuntimeWarning, match="skipped"):
        losses = objective(scores, targets, image_sizes=sizes)
    assert losses.state == objective.state == before


def test_tensors_have_the_same_state(
    seesaw: losskit.Objective, scores: Any, targets: Any, sizes: Any
) -> None:
    torch = pytest.importorskip("torch")
    given = {name: torch.from_numpy(array).requires_grad_() for name, array in scores.items()}
    losses = seesaw(given, targets, image_sizes=sizes)
    losses.total.backward()
    assert losses.state == {"dense.cls.loss": (1.0, 3.0)}
    assert given["scores"].grad.abs().sum() > 0
