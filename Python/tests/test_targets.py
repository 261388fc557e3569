"""Targets made before a head has run, and priors of one's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import losskit

import bundles  # isort: skip

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.fixture
def two_stages() -> tuple[losskit.Objective, bundles.Arrays, list[dict[str, Any]], dict[str, Any]]:
    arrays = bundles.read(bundles.REFERENCE / "objective_torchvision.safetensors")
    targets, others = bundles.batch(arrays)
    return losskit.Objective("faster_rcnn_torchvision", bundles.overrides(arrays)), arrays, targets, others


def test_a_head_that_runs_on_sampled_proposals_comes_to_the_same(two_stages: Any) -> None:
    objective, arrays, targets, others = two_stages
    whole = objective(arrays, targets, **others)
    rpn = objective.targets(targets, stage="rpn", predictions=arrays, **others)
    both = objective.targets(targets, stage="rcnn", sampled=True, before=rpn, **others)
    assert list(rpn) == ["rpn"]
    assert list(both) == ["rpn", "rcnn"]

    everything = objective.targets(targets, stage="rcnn", **others)["rcnn"]
    assert np.array_equal(everything.sampled, arrays["rcnn.sampled"] != 0)
    assert np.array_equal(everything.assigned, arrays["expected/rcnn.assigned"])
    taken = everything.sampled
    assert np.array_equal(both["rcnn"].priors, everything.priors[taken])
    assert both["rcnn"].sampled.all()
    assert [len(boxes) for boxes in both["rcnn"].boxes()] == list(np.bincount(everything.image[taken]))

    head = {name: arrays[name][taken] for name in ("cls_score", "bbox_pred")}
    losses = objective({**arrays, **head}, both)
    assert losses.keys() == whole.keys()
    for path, value in whole.items():
        assert losses[path] == pytest.approx(value, rel=1e-12)
    assert np.array_equal(losses.gradients["cls_score"], whole.gradients["cls_score"][taken])
    assert not whole.gradients["cls_score"][~taken].any()

    first = objective({name: arrays[name] for name in ("rpn_objectness", "rpn_bbox_pred")}, rpn)
    assert first["rpn.rpn_cls"] == whole["rpn.rpn_cls"]
    assert first["rcnn.rcnn_cls"] == 0
    assert set(first.gradients) == {"rpn_objectness", "rpn_bbox_pred"}


def test_terms_have_rows(two_stages: Any) -> None:
    objective, arrays, targets, others = two_stages
    stage = objective.targets(targets, stage="rcnn", **others)["rcnn"]
    labels, boxes = stage.terms["rcnn_cls"], stage.terms["rcnn_box"]
    assert np.array_equal(labels.prior, np.flatnonzero(stage.sampled))
    assert np.array_equal(boxes.prior, labels.prior[labels.targets > 0])
    assert np.allclose(boxes.targets, arrays["expected/rcnn.box_targets"][boxes.prior], atol=2e-6)
    for row, prior in enumerate(labels.prior):
        match = stage.assigned[prior]
        expected = targets[stage.image[prior]]["labels"][match] if match >= 0 else 0
        assert labels.targets[row] == expected
    assert labels.row_weights is None


def test_targets_outlive_what_they_were_made_from(two_stages: Any) -> None:
    objective, _, targets, others = two_stages
    made = objective.targets(targets, stage="rcnn", **others)
    before = made["rcnn"].priors.copy()
    del objective, targets, others
    assert np.array_equal(made["rcnn"].priors, before)
    with pytest.raises(KeyError, match="has no targets"):
        made["rpn"]


def test_what_cannot_be_made_is_told(two_stages: Any) -> None:
    objective, _, targets, others = two_stages
    with pytest.raises(KeyError, match=r"stage head: doesn't exist; there is rpn, rcnn"):
        objective.targets(targets, stage="head", **others)
    with pytest.raises(KeyError, match=r'"rpn_objectness": is missing'):
        objective.targets(targets, stage="rpn", **others)
    del others["proposals"]
    with pytest.raises(ValueError, match="none were given"):
        objective.targets(targets, stage="rcnn", **others)


def test_priors_of_ones_own_take_the_place_of_the_recipes() -> None:
    arrays = bundles.read(bundles.REFERENCE / "objective_retinanet.safetensors")
    targets, others = bundles.batch(arrays)
    plain = losskit.Objective("retinanet_torchvision")
    whole = plain(arrays, targets, **others)
    stage = plain.targets(targets, predictions=arrays, **others)["retinanet"]
    boxes = stage.priors[stage.image == 0]

    def flat(prefix: str, columns: int) -> np.ndarray:
        """A tensor ``[images, priors, columns]`` of all levels, as torchvision's heads make it."""
        levels = []
        for level in range(5):
            array = arrays[f"{prefix}_{level}"]
            images, _, height, width = array.shape
            cells = array.reshape(images, 9, columns, height, width).transpose(0, 3, 4, 1, 2)
            levels.append(cells.reshape(images, -1, columns))
        return np.concatenate(levels, axis=1)

    terms = "stages.retinanet.terms"
    recipe = losskit.Objective(
        "retinanet_torchvision",
        {
            f"{terms}.retinanet_cls.prediction": "cls",
            f"{terms}.retinanet_cls.layout": "n p c",
            f"{terms}.retinanet_box.prediction": "box",
            f"{terms}.retinanet_box.layout": "n p c",
        },
    )
    objective = recipe.with_priors("retinanet", boxes)
    columns = arrays["cls_logits_0"].shape[1] // 9
    predictions = {"cls": flat("cls_logits", columns), "box": flat("bbox_regression", 4)}
    losses = objective(predictions, targets, **others)
    for path, value in whole.items():
        assert losses[path] == pytest.approx(value, rel=1e-9)
    moved = recipe.with_priors("retinanet", boxes + 1, [(len(boxes), 8.0)])
    assert moved(predictions, targets, **others).total != losses.total
    with pytest.raises(KeyError, match="doesn't exist"):
        recipe.with_priors("head", boxes)
    with pytest.raises(ValueError, match="levels"):
        recipe.with_priors("retinanet", boxes, [(3, 8.0)])
