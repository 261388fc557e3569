"""The objective of torchvision's Faster R-CNN, by its own classes."""

import torch
from recording_sampler import RecordingSampler
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
from torch import Tensor, nn
from torchvision.models.detection._utils import Matcher
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.roi_heads import RoIHeads, fastrcnn_loss
from torchvision.models.detection.rpn import RegionProposalNetwork, concat_box_prediction_layers
from torchvision.ops import box_iou

PARAMETERS = {
    "rpn": {"positive_iou": 0.7, "negative_iou": 0.3, "count": 256, "positive_fraction": 0.5},
    "rcnn": {"positive_iou": 0.5, "negative_iou": 0.5, "count": 64, "positive_fraction": 0.25},
}


def make_torchvision_objective(
    images: list[Image], padded: tuple[int, int], seed: int
) -> dict[str, Tensor]:
    """The tensors of the bundle; `padded` is the size (height, width) of the batch in pixels."""
    grid = (padded[0] // STRIDE, padded[1] // STRIDE)
    rpn, heads = make_rpn(), make_heads()
    targets = [{"boxes": image.boxes, "labels": image.labels} for image in images]
    proposals = heads.add_gt_proposals([i.proposals for i in images], [i.boxes for i in images])
    count = sum(len(boxes) for boxes in proposals)
    shapes = {
        "rpn_objectness": (len(images), ANCHORS_PER_CELL, *grid),
        "rpn_bbox_pred": (len(images), 4 * ANCHORS_PER_CELL, *grid),
        "cls_score": (count, CLASS_COUNT + 1),
        "bbox_pred": (count, 4 * (CLASS_COUNT + 1)),
    }
    predictions = random_predictions(shapes, seed)
    variables = as_variables(predictions)
    batch = ImageList(torch.zeros(len(images), 3, *padded), [image.size for image in images])
    anchors = rpn.anchor_generator(batch, [predictions["rpn_objectness"]])
    torch.manual_seed(seed)
    first, rpn_losses = rpn_stage(rpn, anchors, targets, variables)
    second, rcnn_losses = rcnn_stage(heads, images, targets, proposals, variables)
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


def make_rpn() -> RegionProposalNetwork:
    """The first stage; its head is left out."""
    sizes, ratios = ((128, 256, 512),), ((0.5, 1.0, 2.0),)
    top = {"training": 300, "testing": 300}
    return RegionProposalNetwork(
        AnchorGenerator(sizes, ratios), nn.Identity(), 0.7, 0.3, 256, 0.5, top, top, 0.7
    )


def make_heads() -> RoIHeads:
    """The second stage; its layers are left out."""
    return RoIHeads(None, None, None, 0.5, 0.5, 64, 0.25, None, 0.05, 0.5, 100)


def rpn_stage(
    rpn: RegionProposalNetwork,
    anchors: list[Tensor],
    targets: list[dict[str, Tensor]],
    variables: dict[str, Tensor],
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Assignment, targets and draw of the first stage, and its two losses."""
    labels, matched = rpn.assign_targets_to_anchors(anchors, targets)
    encoded = rpn.box_coder.encode(matched, anchors)
    assigned = [
        match(rpn.proposal_matcher, target["boxes"], boxes)
        for target, boxes in zip(targets, anchors)
    ]
    for label, indices in zip(labels, assigned):
        assert torch.equal(label, (indices.clamp(max=0) + 1).float())
    sampler = rpn.fg_bg_sampler = RecordingSampler(rpn.fg_bg_sampler)
    scores, deltas = concat_box_prediction_layers(
        [variables["rpn_objectness"]], [variables["rpn_bbox_pred"]]
    )
    classification, regression = rpn.compute_loss(
        scores, deltas, [label.double() for label in labels], [box.double() for box in encoded]
    )
    indices = torch.cat(assigned)
    tensors = {
        "rpn.sampled": torch.cat(sampler.drawn).to(torch.uint8),
        "expected/rpn.priors": anchors[0],
        "expected/rpn.assigned": indices,
        "expected/rpn.box_targets": where_foreground(indices, torch.cat(encoded)),
    }
    return tensors, {"rpn_cls": classification, "rpn_box": regression}


def rcnn_stage(
    heads: RoIHeads,
    images: list[Image],
    targets: list[dict[str, Tensor]],
    proposals: list[Tensor],
    variables: dict[str, Tensor],
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Assignment, targets and draw of the second stage, and its two losses."""
    sampler = heads.fg_bg_sampler = RecordingSampler(heads.fg_bg_sampler)
    _, _, labels, encoded = heads.select_training_samples([i.proposals for i in images], targets)
    drawn = torch.cat(sampler.drawn).bool()
    classification, regression = fastrcnn_loss(
        variables["cls_score"][drawn],
        variables["bbox_pred"][drawn],
        labels,
        [box.double() for box in encoded],
    )
    assigned = [
        match(heads.proposal_matcher, target["boxes"], boxes)
        for target, boxes in zip(targets, proposals)
    ]
    matched = [
        target["boxes"][indices.clamp(min=0)] if len(target["boxes"]) else torch.zeros_like(boxes)
        for target, indices, boxes in zip(targets, assigned, proposals)
    ]
    indices = torch.cat(assigned)
    all_encoded = torch.cat(heads.box_coder.encode(matched, proposals))
    tensors = {
        "rcnn.sampled": drawn.to(torch.uint8),
        "expected/rcnn.assigned": indices,
        "expected/rcnn.box_targets": where_foreground(indices, all_encoded),
    }
    recomputed = where_foreground(torch.cat(labels) - 1, torch.cat(encoded))
    assert torch.equal(tensors["expected/rcnn.box_targets"][drawn], recomputed)
    return tensors, {"rcnn_cls": classification, "rcnn_box": regression}


def match(matcher: Matcher, boxes: Tensor, priors: Tensor) -> Tensor:
    """The matcher's indices; -1 everywhere for an image without ground truth.

    Fails where IoU in double precision would give another assignment.
    """
    if len(boxes) == 0:
        return torch.full((len(priors),), Matcher.BELOW_LOW_THRESHOLD)
    indices = matcher(box_iou(boxes, priors))
    assert torch.equal(indices, matcher(box_iou(boxes.double(), priors.double())))
    return indices


def where_foreground(assigned: Tensor, encoded: Tensor) -> Tensor:
    """The encoded boxes of foreground rows, zero elsewhere."""
    return torch.where(assigned[:, None] >= 0, encoded, torch.zeros_like(encoded))
