"""The objective of tf-faster-rcnn: its own target layers, its losses written anew in float64."""

from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import torch
import torch.nn.functional as F
from scenes import (
    ANCHORS_PER_CELL,
    CLASS_COUNT,
    STRIDE,
    Image,
    as_variables,
    gradients,
    ground_truth_tensors,
    loss_tensors,
    proposal_tensors,
    random_predictions,
)
from torch import Tensor

UNLIMITED = 1_000_000
PARAMETERS = {
    "rpn": {
        "positive_iou": 0.7,
        "negative_iou": 0.3,
        "allowed_border": 0,
        "count": 256,
        "positive_fraction": 0.5,
        "sigma": 3.0,
    },
    "rcnn": {
        "positive_iou": 0.5,
        "background_iou": [0.1, 0.5],
        "count": 128,
        "positive_fraction": 0.25,
        "sigma": 1.0,
        "means": [0.0, 0.0, 0.0, 0.0],
        "stds": [0.1, 0.1, 0.2, 0.2],
        "append_ground_truth": False,
    },
}


def make_tf_objective(repository: SimpleNamespace, image: Image, seed: int) -> dict[str, Tensor]:
    """The tensors of the bundle for one image."""
    height, width = (side // STRIDE for side in image.size)
    count = len(image.proposals)
    shapes = {
        "rpn_cls_score": (1, 2 * ANCHORS_PER_CELL, height, width),
        "rpn_bbox_pred": (1, 4 * ANCHORS_PER_CELL, height, width),
        "cls_score": (count, CLASS_COUNT + 1),
        "bbox_pred": (count, 4 * (CLASS_COUNT + 1)),
    }
    predictions = random_predictions(shapes, seed)
    variables = as_variables(predictions)
    np.random.seed(seed)
    first, rpn_losses = rpn_stage(repository, image, variables)
    second, rcnn_losses = rcnn_stage(repository, image, variables)
    losses = rpn_losses | rcnn_losses
    return (
        ground_truth_tensors([image])
        | proposal_tensors([image.proposals])
        | predictions
        | first
        | second
        | loss_tensors(losses)
        | gradients(sum(losses.values()), variables)
    )


# -------------------------------------------------------------------------------------- first stage


def rpn_stage(
    repository: SimpleNamespace, image: Image, variables: dict[str, Tensor]
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Assignment, targets and draw of the first stage, and its two losses."""
    height, width = variables["rpn_cls_score"].shape[2:]
    priors, _ = repository.snippets.generate_anchors_pre(height, width, STRIDE)
    with patch.dict(repository.config.cfg.TRAIN, RPN_BATCHSIZE=UNLIMITED):
        everything, matched = anchor_targets(repository, image, priors, (height, width))
    assigned = np.where(everything["labels"] == 1, matched, np.minimum(everything["labels"], 0) - 1)
    box_targets = np.where(assigned[:, None] >= 0, everything["box_targets"], np.float32(0))
    drawn, _ = anchor_targets(repository, image, priors, (height, width))
    tensors = {
        "rpn.sampled": torch.from_numpy(drawn["labels"] >= 0).to(torch.uint8),
        "expected/rpn.priors": torch.from_numpy(priors),
        "expected/rpn.assigned": torch.from_numpy(assigned).long(),
        "expected/rpn.box_targets": torch.from_numpy(box_targets),
    }
    return tensors, rpn_losses(drawn, variables)


def anchor_targets(
    repository: SimpleNamespace, image: Image, priors: np.ndarray, grid: tuple[int, int]
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """What the anchor target layer returns, by prior; and the ground truth it took for each.

    The layer doesn't use the class in the last column of a ground truth, but hands the rows it
    matched to `_compute_targets`: the column holds the row's number here, and is read there.
    """
    layer = repository.anchor_target_layer
    numbers = np.arange(len(image.boxes), dtype=np.float32)[:, None]
    truths = np.hstack([image.boxes.numpy(), numbers])
    seen: list[np.ndarray] = []
    compute = layer._compute_targets

    def spy(anchors: np.ndarray, matched: np.ndarray) -> np.ndarray:
        seen.append(matched[:, 4])
        return compute(anchors, matched)

    scores = np.zeros((1, *grid, 2 * ANCHORS_PER_CELL), dtype=np.float32)
    size = np.array([*image.size, 1.0], dtype=np.float32)
    with patch.object(layer, "_compute_targets", spy):
        outputs = layer.anchor_target_layer(
            scores, truths, size, [STRIDE], priors, ANCHORS_PER_CELL
        )
    labels = outputs[0].reshape(ANCHORS_PER_CELL, *grid).transpose(1, 2, 0).reshape(-1)
    boxes, inside, outside = (output.reshape(-1, 4) for output in outputs[1:])
    within = layer._unmap(seen[0], len(priors), inside_image(priors, image), fill=-1)
    names = ("labels", "box_targets", "inside_weights", "outside_weights")
    return dict(zip(names, (labels, boxes, inside, outside))), within


def inside_image(priors: np.ndarray, image: Image) -> np.ndarray:
    """The rows of priors that lie within the image, which the layer keeps."""
    height, width = image.size
    low, high = priors[:, :2].min(axis=1) >= 0, priors[:, 2:] < (width, height)
    return np.flatnonzero(low & high.all(axis=1))


def rpn_losses(drawn: dict[str, np.ndarray], variables: dict[str, Tensor]) -> dict[str, Tensor]:
    """Mean cross-entropy over the drawn priors, and the weighted sum of smooth L1."""
    labels = torch.from_numpy(drawn["labels"]).long()
    scores = variables["rpn_cls_score"].reshape(2, ANCHORS_PER_CELL, -1).permute(2, 1, 0)
    classification = F.cross_entropy(scores.reshape(-1, 2), labels, ignore_index=-1)
    deltas = variables["rpn_bbox_pred"].permute(0, 2, 3, 1).reshape(-1, 4)
    regression = weighted_smooth_l1(deltas, drawn, PARAMETERS["rpn"]["sigma"]).sum()
    return {"rpn_cls": classification, "rpn_box": regression}


def weighted_smooth_l1(deltas: Tensor, targets: dict[str, np.ndarray], sigma: float) -> Tensor:
    """Element by element: outside weight * smooth L1 of inside weight * difference."""
    doubles = {name: torch.from_numpy(values).double() for name, values in targets.items()}
    difference = (deltas - doubles["box_targets"]) * doubles["inside_weights"]
    zero = torch.zeros_like(difference)
    values = F.smooth_l1_loss(difference, zero, beta=1 / sigma**2, reduction="none")
    return values * doubles["outside_weights"]


# ------------------------------------------------------------------------------------- second stage


def rcnn_stage(
    repository: SimpleNamespace, image: Image, variables: dict[str, Tensor]
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Assignment, targets and draw of the second stage, and its two losses."""
    numbers = torch.arange(1, len(image.boxes) + 1)
    layer, train = repository.proposal_target_layer, repository.config.cfg.TRAIN
    with patch.dict(train, BATCH_SIZE=UNLIMITED), patch.object(layer.npr, "choice", take_all):
        everything = proposal_targets(repository, image, numbers)
    rows = everything["rows"]
    assigned = torch.full((len(image.proposals),), -2)
    assigned[rows] = torch.from_numpy(everything["labels"]).long() - 1
    box_targets = torch.zeros(len(assigned), 4)
    box_targets[rows] = select_class(everything["box_targets"], everything["labels"])

    drawn = proposal_targets(repository, image, image.labels)
    rows = drawn.pop("rows")
    assert len(set(rows)) == len(rows), "drawn with replacement: too few background proposals"
    sampled = torch.zeros(len(assigned), dtype=torch.uint8)
    sampled[rows] = 1
    labels = torch.from_numpy(drawn["labels"]).long()
    box_loss = weighted_smooth_l1(variables["bbox_pred"][rows], drawn, PARAMETERS["rcnn"]["sigma"])
    losses = {
        "rcnn_cls": F.cross_entropy(variables["cls_score"][rows], labels),
        "rcnn_box": box_loss.sum(dim=1).mean(),
    }
    tensors = {
        "rcnn.sampled": sampled,
        "expected/rcnn.assigned": assigned,
        "expected/rcnn.box_targets": box_targets,
    }
    return tensors, losses


def take_all(indices: np.ndarray, size: int, replace: bool) -> np.ndarray:
    """A draw that leaves nothing out, to see the assignment before sampling."""
    return indices


def proposal_targets(
    repository: SimpleNamespace, image: Image, labels: Tensor
) -> dict[str, np.ndarray]:
    """What the proposal target layer returns, with the rows of the proposals that it drew.

    The layer hands the scores of the proposals through: they hold the rows' numbers here.
    """
    count = len(image.proposals)
    rois = torch.cat([torch.zeros(count, 1), image.proposals], dim=1).numpy()
    rows = np.arange(count, dtype=np.float32)[:, None]
    truths = torch.cat([image.boxes, labels[:, None]], dim=1).numpy()
    class_count = max(int(labels.max()), CLASS_COUNT) + 1
    layer = repository.proposal_target_layer.proposal_target_layer
    _, rows, labels, boxes, inside, outside = layer(rois, rows, truths, class_count)
    return {
        "rows": rows.astype(np.int64),
        "labels": labels.reshape(-1),
        "box_targets": boxes,
        "inside_weights": inside,
        "outside_weights": outside,
    }


def select_class(box_targets: np.ndarray, labels: np.ndarray) -> Tensor:
    """The four targets of each row's own class; the layer leaves zeros for background."""
    chosen = labels.astype(np.int64)[:, None] * 4 + np.arange(4)
    return torch.from_numpy(np.take_along_axis(box_targets, chosen, axis=1))
