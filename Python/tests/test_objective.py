"""An objective by itself: what it says of its recipe, and what it comes to."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import losskit


def test_a_small_objective_is_as_worked_out_by_hand(
    objective: Any, predictions: Any, targets: Any, sizes: Any
) -> None:
    losses = objective(predictions, targets, image_sizes=sizes)
    assert losses["dense.cls"] == pytest.approx(np.log(2), rel=1e-6)
    # Smooth L1 of 0.5 and 2, over one positive, times the weight.
    assert losses["dense.box"] == pytest.approx(2 * (0.125 + 1.5))
    assert losses.unweighted["dense.box"] == pytest.approx(1.625)
    assert losses.total == losses["dense.cls"] + losses["dense.box"]
    assert losses.counts["dense.box"] == losskit.Counts(1, 3, 0, (1.0,))
    assert losses.counts["dense.cls"].divisors == (4.0,)
    assert losses.gradients["deltas"][0, :, 0, 0].tolist() == [1, 0, 0, 2]
    assert not losses.gradients["deltas"][0, :, 0, 1].any()
    assert losses.gradient_norms["dense.box"] == pytest.approx(np.sqrt(5))
    assert losses.positive_gradient_norms["dense.box"] == losses.gradient_norms["dense.box"]
    assert losses.skipped is None
    assert losses.state == {}


def test_an_objective_describes_its_recipe() -> None:
    objective = losskit.Objective("faster_rcnn_torchvision", {"stages.rpn.terms.rpn_box.weight": 0.5})
    assert objective.name == "faster_rcnn_torchvision"
    assert objective.predictions == ("rpn_objectness", "rpn_bbox_pred", "cls_score", "bbox_pred")
    assert list(objective.terms) == ["rpn.rpn_cls", "rpn.rpn_box", "rcnn.rcnn_cls", "rcnn.rcnn_box"]
    rpn, rcnn = objective.stages.values()
    assert rpn.priors_per_cell == (9,) and rcnn.priors_per_cell is None
    assert not rpn.reads_predictions
    assert rpn.terms["rpn_box"].weight == 0.5
    assert objective.recipe["stages"]["rpn"]["terms"]["rpn_box"]["weight"] == 0.5
    box = rcnn.terms["rcnn_box"]
    assert (box.layout, box.columns, box.class_specific) == ("r (k c)", 4, True)
    scores = rcnn.terms["rcnn_cls"]
    assert (scores.class_columns, scores.background, scores.activation) == (2, "first", "softmax")
    assert repr(objective).startswith("<losskit.Objective 'faster_rcnn_torchvision'")


def test_recipes_come_from_names_paths_and_mappings(tmp_path: Path, recipe: Any) -> None:
    import json

    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"extends": "retinanet_torchvision", "name": "mine"}))
    by_path = losskit.Objective(file)
    by_text = losskit.Objective({"extends": "retinanet_torchvision", "name": "mine"})
    assert by_path.name == by_text.name == "mine"
    assert by_path.recipe == by_text.recipe
    changed = losskit.Objective(recipe, {"stages.dense.terms.box.loss": "l1"})
    assert changed.terms["dense.box"].loss == "l1"


def test_everything_wrong_with_a_recipe_is_told(recipe: Any) -> None:
    with pytest.raises(losskit.RecipeError) as raised:
        losskit.Objective(recipe, {"stages.dense.sampler": "rondom", "stages.dense.coder": "delta"})
    assert isinstance(raised.value, ValueError)
    diagnostics = {entry.path: entry for entry in raised.value.diagnostics}
    assert diagnostics["stages.dense.sampler"].suggestion == "random"
    assert "stages.dense.coder" in diagnostics
    assert "rondom" in str(raised.value)
    again = pickle.loads(pickle.dumps(raised.value))
    assert again.diagnostics == raised.value.diagnostics and str(again) == str(raised.value)

    with pytest.raises(losskit.RecipeError, match="retinanet_torchvision"):
        losskit.Objective("retinanet_torchvison")
    with pytest.raises(ValueError, match="JSON"):
        losskit.Objective(recipe, {"stages.dense.terms.box.weight": float("nan")})
    with pytest.raises(ValueError, match="on_nonfinite"):
        losskit.Objective(recipe, on_nonfinite="ignore")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="plugin"):
        losskit.Objective(recipe, plugins=["nothing.so"])


@pytest.mark.parametrize("copied", [copy.deepcopy, copy.copy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies_come_to_the_same(
    copied: Any, recipe: Any, predictions: Any, targets: Any, sizes: Any
) -> None:
    original = losskit.Objective(
        recipe,
        {"stages.dense.terms.box.normalizer": {"by": "positives", "running_mean": {"initial": 3}}},
        on_nonfinite="skip",
        threads=1,
    )
    original(predictions, targets, image_sizes=sizes)
    other = copied(original)
    assert other.state == original.state != {}
    assert (other.on_nonfinite, other.threads, other.recipe) == ("skip", 1, original.recipe)
    first = original(predictions, targets, image_sizes=sizes)
    second = other(predictions, targets, image_sizes=sizes)
    assert dict(first) == dict(second)
    assert other.state == original.state
    moved = original.with_priors("dense", np.array([[0, 0, 16, 16]] * 4, np.float32))
    again = copied(moved)
    assert dict(again(predictions, targets, image_sizes=sizes)) == dict(
        moved(predictions, targets, image_sizes=sizes)
    )


def test_what_is_probably_wrong_is_a_warning_once(objective: Any, predictions: Any, sizes: Any) -> None:
    targets = [{"boxes": np.array([[0, 0, 40, 40]], np.float32), "labels": np.array([1])}]
    with pytest.warns(UserWarning, match="reaches over its image"):
        objective(predictions, targets, image_sizes=sizes)
    objective(predictions, targets, image_sizes=sizes)
