"""The objective of faster-rcnn.pytorch: its own target layers and its own smooth L1."""

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

UNLIMITED = 8192
MOST_TRUTHS = 30
SCALES, RATIOS = (8, 16, 32), (0.5, 1.0, 2.0)
PARAMETERS = {
    "rpn": {
        "positive_iou": 0.7,
        "negative_iou": 0.3,
        "allowed_border": 0,
        "count": 128,
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
        "append_ground_truth": True,
    },
}


def make_pytorch_objective(
    repository: SimpleNamespace, images: list[Image], seed: int
) -> dict[str, Tensor]:
    """The tensors of the bundle for images of one size."""
    height, width = (side // STRIDE for side in images[0].size)
    proposals = [torch.cat([image.proposals, image.boxes]) for image in images]
    count = sum(len(boxes) for boxes in proposals)
    shapes = {
        "rpn_cls_score": (len(images), 2 * ANCHORS_PER_CELL, height, width),
        "rpn_bbox_pred": (len(images), 4 * ANCHORS_PER_CELL, height, width),
        "cls_score": (count, CLASS_COUNT + 1),
        "bbox_pred": (count, 4 * (CLASS_COUNT + 1)),
    }
    predictions = random_predictions(shapes, seed)
    variables = as_variables(predictions)
    np.random.seed(seed)
    first, rpn_losses = rpn_stage(repository, images, variables)
    second, rcnn_losses = rcnn_stage(repository, images, proposals, variables)
    losses = rpn_losses | rcnn_losses
    return (
        ground_truth_tensors(images)
        | proposal_tensors(proposals)
        | predictions
        | first
        | second
        | loss_tensors(losses)
        | gradients(sum(losses.values()), variables)
    )


def padded_truths(images: list[Image], length: int, with_labels: bool) -> Tensor:
    """Ground truths as [n, length, 5], zeros below the last; the class or the number 1, 2, ..."""
    truths = torch.zeros(len(images), length, 5)
    for row, image in zip(truths, images):
        count = len(image.boxes)
        row[:count, :4] = image.boxes
        row[:count, 4] = image.labels if with_labels else torch.arange(1, count + 1)
    return truths


# -------------------------------------------------------------------------------------- first stage


def rpn_stage(
    repository: SimpleNamespace, images: list[Image], variables: dict[str, Tensor]
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Assignment, targets and draw of the first stage, and its two losses."""
    grid = variables["rpn_cls_score"].shape[2:]
    train = repository.config.cfg.TRAIN
    with patch.dict(train, RPN_BATCHSIZE=UNLIMITED):
        assigned, box_targets = assign_anchors(repository, images, grid, MOST_TRUTHS)
        shorter = assign_anchors(repository, images, grid, max(len(i.boxes) for i in images))
    assert torch.equal(assigned, shorter[0]) and torch.equal(box_targets, shorter[1])
    with patch.dict(train, RPN_BATCHSIZE=PARAMETERS["rpn"]["count"]):
        outputs, _ = anchor_targets(repository, images, grid, MOST_TRUTHS)
    labels = by_prior(outputs[0], grid, 1).reshape(-1)
    tensors = {
        "rpn.sampled": (labels >= 0).to(torch.uint8),
        "expected/rpn.priors": make_priors(repository, grid),
        "expected/rpn.assigned": assigned,
        "expected/rpn.box_targets": box_targets,
    }
    scores = variables["rpn_cls_score"].reshape(len(images), 2, ANCHORS_PER_CELL, *grid)
    scores = scores.permute(0, 3, 4, 2, 1).reshape(-1, 2)
    losses = {
        "rpn_cls": F.cross_entropy(scores, labels.long(), ignore_index=-1),
        "rpn_box": repository.net_utils._smooth_l1_loss(
            variables["rpn_bbox_pred"],
            *(output.double() for output in outputs[1:]),
            sigma=PARAMETERS["rpn"]["sigma"],
            dim=[1, 2, 3],
        ),
    }
    return tensors, losses


def assign_anchors(
    repository: SimpleNamespace, images: list[Image], grid: tuple[int, int], length: int
) -> tuple[Tensor, Tensor]:
    """Assignment and box targets of every prior, as the layer makes them before it samples."""
    outputs, matched = anchor_targets(repository, images, grid, length)
    labels = by_prior(outputs[0], grid, 1).reshape(-1)
    box_targets = by_prior(outputs[1], grid, 4)
    assigned = torch.where(labels == 1, matched, labels.clamp(max=0) - 1).long()
    return assigned, torch.where(assigned[:, None] >= 0, box_targets, torch.zeros(()))


def anchor_targets(
    repository: SimpleNamespace, images: list[Image], grid: tuple[int, int], length: int
) -> tuple[list[Tensor], Tensor]:
    """What the anchor target layer returns, and the ground truth it took for each prior.

    The layer doesn't use the class in the last column of a ground truth, but hands the rows it
    matched to `_compute_targets_batch`: the column holds the row's number, and is read there.
    """
    module = repository.anchor_target_layer
    truths = padded_truths(images, length, with_labels=False)
    seen: list[Tensor] = []
    compute = module._compute_targets_batch

    def spy(anchors: Tensor, matched: Tensor) -> Tensor:
        seen.append(matched[:, :, 4])
        return compute(anchors, matched)

    layer = module._AnchorTargetLayer(STRIDE, SCALES, RATIOS)
    scores = torch.zeros(len(images), 2 * ANCHORS_PER_CELL, *grid)
    sizes = torch.tensor([[*image.size, 1.0] for image in images])
    counts = torch.tensor([len(image.boxes) for image in images])
    with patch.object(module, "_compute_targets_batch", spy):
        outputs = layer((scores, truths, sizes, counts))
    priors = make_priors(repository, grid)
    within = inside_image(priors, images[0])
    matched = torch.zeros(len(images), len(priors))
    matched[:, within] = seen[0] - 1
    return outputs, matched.reshape(-1)


def by_prior(output: Tensor, grid: tuple[int, int], width: int) -> Tensor:
    """An output of the layer as rows in the order image, row, column, anchor."""
    layered = output.reshape(len(output), ANCHORS_PER_CELL, width, *grid)
    return layered.permute(0, 3, 4, 1, 2).reshape(-1, width)


def make_priors(repository: SimpleNamespace, grid: tuple[int, int]) -> Tensor:
    """The layer's own base anchors, moved by multiples of the stride."""
    layer = repository.anchor_target_layer._AnchorTargetLayer(STRIDE, SCALES, RATIOS)
    y, x = torch.meshgrid(*(torch.arange(side) * STRIDE for side in grid), indexing="ij")
    shifts = torch.stack([x, y, x, y], dim=-1).reshape(-1, 1, 4)
    return (layer._anchors + shifts).reshape(-1, 4)


def inside_image(priors: Tensor, image: Image) -> Tensor:
    """Which priors lie within the image: the layer keeps these."""
    height, width = image.size
    return (priors[:, :2] >= 0).all(1) & (priors[:, 2:] < torch.tensor([width, height])).all(1)


# ------------------------------------------------------------------------------------- second stage


def rcnn_stage(
    repository: SimpleNamespace,
    images: list[Image],
    proposals: list[Tensor],
    variables: dict[str, Tensor],
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Assignment, targets and draw of the second stage, and its two losses."""
    with patch.dict(repository.config.cfg.TRAIN, BATCH_SIZE=UNLIMITED):
        assigned, box_targets = assign_proposals(repository, images, proposals, MOST_TRUTHS)
        longest = max(len(image.boxes) for image in images)
        shorter = assign_proposals(repository, images, proposals, longest)
    assert torch.equal(assigned, shorter[0]) and torch.equal(box_targets, shorter[1])

    truths = padded_truths(images, MOST_TRUTHS, with_labels=True)
    rois, labels, targets, inside, outside = proposal_targets(repository, images, truths)
    rows = find_rows(rois, proposals)
    sampled = torch.zeros(len(assigned), dtype=torch.uint8)
    sampled[rows] = 1
    labels = labels.reshape(-1).long()
    deltas = variables["bbox_pred"].reshape(len(assigned), -1, 4)[rows, labels]
    weights = (t.reshape(-1, 4).double() for t in (targets, inside, outside))
    losses = {
        "rcnn_cls": F.cross_entropy(variables["cls_score"][rows], labels),
        "rcnn_box": repository.net_utils._smooth_l1_loss(deltas, *weights),
    }
    tensors = {
        "rcnn.sampled": sampled,
        "expected/rcnn.assigned": assigned,
        "expected/rcnn.box_targets": box_targets,
    }
    return tensors, losses


def assign_proposals(
    repository: SimpleNamespace, images: list[Image], proposals: list[Tensor], length: int
) -> tuple[Tensor, Tensor]:
    """Assignment and box targets of every proposal, from a draw that leaves none out.

    Ground truths carry their number in place of the class, which the layer returns. Proposals that
    it doesn't return are neither foreground nor background.
    """
    truths = padded_truths(images, length, with_labels=False)
    rois, labels, targets, _, _ = proposal_targets(repository, images, truths)
    assigned, box_targets = [], []
    for boxes, *drawn in zip(proposals, rois[:, :, 1:], labels, targets):
        same = (boxes[:, None] == drawn[0][None]).all(dim=2)
        found, first = same.max(dim=1)
        assigned.append(torch.where(found, drawn[1][first].long() - 1, torch.tensor(-2)))
        box_targets.append(torch.where(found[:, None], drawn[2][first], torch.zeros(())))
    return torch.cat(assigned), torch.cat(box_targets)


def proposal_targets(
    repository: SimpleNamespace, images: list[Image], truths: Tensor
) -> tuple[Tensor, ...]:
    """What the proposal target layer returns; it appends the ground truths itself.

    It draws background with replacement, as floor(random * count): here the numbers are spread
    evenly over 0 ... 1 instead, so that none is drawn twice where there are enough.
    """
    most = max(len(image.proposals) for image in images)
    rois = torch.zeros(len(images), most, 5)
    for number, image in enumerate(images):
        rois[number, :, 0] = number
        rois[number, : len(image.proposals), 1:] = image.proposals
    layer = repository.proposal_target_layer_cascade._ProposalTargetLayer(CLASS_COUNT + 1)
    counts = torch.tensor([len(image.boxes) for image in images])
    with patch.object(np.random, "rand", lambda count: (np.arange(count) + 0.5) / count):
        return layer(rois, truths, counts)


def find_rows(rois: Tensor, proposals: list[Tensor]) -> Tensor:
    """The rows, counted over all images, of the drawn boxes; of equal ones each in turn."""
    rows, start = [], 0
    for drawn, boxes in zip(rois[:, :, 1:], proposals):
        free = torch.ones(len(boxes), dtype=torch.bool)
        for box in drawn:
            candidates = torch.nonzero((boxes == box).all(dim=1) & free).reshape(-1)
            assert len(candidates), "drawn twice: too few background proposals"
            free[candidates[0]] = False
            rows.append(start + int(candidates[0]))
        start += len(boxes)
    return torch.tensor(rows)
