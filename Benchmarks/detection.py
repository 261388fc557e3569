"""What torchvision has for assignment, suppression and the losses of Faster R-CNN."""

from dataclasses import dataclass

import numpy as np
import torch
from inputs import OBJECTS, PROPOSALS, head_outputs
from torch import Tensor, nn
from torchvision.models.detection._utils import Matcher
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.roi_heads import RoIHeads, fastrcnn_loss
from torchvision.models.detection.rpn import RegionProposalNetwork, concat_box_prediction_layers
from torchvision.ops import box_iou, nms
from work import Inputs, Outcome, Peer, checksum

PREDICTIONS = ("rpn_objectness", "rpn_bbox_pred", "cls_score", "bbox_pred")
HIGH, LOW = 0.7, 0.3


def assignment_peers(inputs: Inputs, memory_limit: float) -> list[Peer]:
    """box_iou and Matcher, unless they would need more than `memory_limit` bytes."""
    priors, boxes = (torch.from_numpy(inputs[name]) for name in ("priors", "gt_boxes"))
    # The matrix and what is made of it take about nine times the matrix.
    if 9 * 4 * len(priors) * len(boxes) > memory_limit:
        return []
    matcher = Matcher(HIGH, LOW, allow_low_quality_matches=True)
    return [Peer("torchvision", lambda: matcher(box_iou(boxes, priors)), indices_outcome)]


def assignment_reference(inputs: Inputs) -> Outcome:
    """The rule of box_iou and Matcher, block by block of priors to keep the matrix small."""
    priors, boxes = (torch.from_numpy(inputs[name]) for name in ("priors", "gt_boxes"))
    blocks = priors.split(max(1, 2**24 // len(boxes)))
    best = torch.stack([box_iou(boxes, block).amax(dim=1) for block in blocks]).amax(dim=0)
    matches = []
    for block in blocks:
        overlaps = box_iou(boxes, block)
        values, indices = overlaps.max(dim=0)
        kept = (overlaps == best[:, None]).any(dim=0) | (values >= HIGH)
        others = torch.where(values < LOW, Matcher.BELOW_LOW_THRESHOLD, Matcher.BETWEEN_THRESHOLDS)
        matches.append(torch.where(kept, indices, others))
    return indices_outcome(torch.cat(matches))


def suppression_peers(inputs: Inputs) -> list[Peer]:
    """torchvision's nms, on boxes that are in order already."""
    boxes = torch.from_numpy(inputs["boxes"])
    scores = torch.linspace(1, 0, len(boxes))
    return [Peer("torchvision", lambda: nms(boxes, scores, 0.7), indices_outcome)]


def indices_outcome(indices: Tensor) -> Outcome:
    """The checksum of the indices."""
    return Outcome(checksum(indices.numpy()))


class RecordingSampler:
    """Draws as the sampler it wraps does, and keeps each draw as a 0/1 mask an image."""

    def __init__(self, sampler: nn.Module) -> None:
        self.sampler = sampler
        self.drawn: list[Tensor] = []

    def __call__(self, labels: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """The masks of the sampled positives and of the sampled negatives."""
        positive, negative = self.sampler(labels)
        self.drawn = [p | n for p, n in zip(positive, negative)]
        return positive, negative


@dataclass(frozen=True)
class Recording:
    """One run of torchvision's objective, for losskit to repeat on the draws that it made."""

    bundle: Inputs
    losses: dict[str, float]
    gradients: Inputs


class Objective:
    """torchvision's code from anchors to gradients, without its network layers."""

    def __init__(self, bundle: Inputs) -> None:
        self.bundle = bundle
        top = {"training": 2000, "testing": 1000}
        generator = AnchorGenerator(((128, 256, 512),), ((0.5, 1.0, 2.0),))
        self.rpn = RegionProposalNetwork(
            generator, nn.Identity(), HIGH, LOW, 256, 0.5, top, top, 0.7
        )
        self.heads = RoIHeads(None, None, None, 0.5, 0.5, 512, 0.25, None, 0.05, 0.5, 100)
        boxes, labels = (torch.from_numpy(bundle[name]) for name in ("gt_boxes", "gt_labels"))
        self.targets = [
            {"boxes": b, "labels": n} for b, n in zip(boxes.split(OBJECTS), labels.split(OBJECTS))
        ]
        # torchvision adds the ground truths by itself; losskit finds them among the proposals.
        given = torch.from_numpy(bundle["proposals"]).split(PROPOSALS)
        self.proposals = [own[:-OBJECTS] for own in given]
        rows = sum(len(own) for own in self.sample()[2])
        bundle.update(head_outputs(rows))
        self.variables = {n: torch.from_numpy(bundle[n]).requires_grad_() for n in PREDICTIONS}
        images, _, height, width = bundle["rpn_objectness"].shape
        self.images = ImageList(
            torch.zeros(images, 3, 16 * height, 16 * width), [(16 * height, 16 * width)] * images
        )

    def sample(self) -> tuple[list[Tensor], list[Tensor], list[Tensor], list[Tensor]]:
        """Proposals, ground truths, labels and box targets of the second stage."""
        return self.heads.select_training_samples(self.proposals, self.targets)

    def losses(self) -> dict[str, Tensor]:
        """The four losses."""
        objectness, deltas = self.variables["rpn_objectness"], self.variables["rpn_bbox_pred"]
        anchors = self.rpn.anchor_generator(self.images, [objectness])
        labels, matched = self.rpn.assign_targets_to_anchors(anchors, self.targets)
        rpn = self.rpn.compute_loss(
            *concat_box_prediction_layers([objectness], [deltas]),
            labels,
            self.rpn.box_coder.encode(matched, anchors),
        )
        _, _, labels, encoded = self.sample()
        scores, boxes = self.variables["cls_score"], self.variables["bbox_pred"]
        rcnn = fastrcnn_loss(scores, boxes, labels, encoded)
        return dict(zip(("rpn_cls", "rpn_box", "rcnn_cls", "rcnn_box"), rpn + rcnn))

    def run(self) -> tuple[dict[str, Tensor], tuple[Tensor, ...]]:
        """The losses, and the gradient of their sum by each prediction."""
        losses = self.losses()
        total = sum(losses.values())
        return losses, torch.autograd.grad(total, list(self.variables.values()))

    def record(self) -> Recording:
        """One run, with the draws it made and, of the proposals, those that it drew."""
        stages = self.rpn, self.heads
        originals = [stage.fg_bg_sampler for stage in stages]
        recorders = [RecordingSampler(sampler) for sampler in originals]
        for stage, recorder in zip(stages, recorders):
            stage.fg_bg_sampler = recorder
        losses, gradients = self.run()
        for stage, sampler in zip(stages, originals):
            stage.fg_bg_sampler = sampler
        drawn = [torch.cat(recorder.drawn).bool().numpy() for recorder in recorders]
        bundle = self.bundle | {
            "proposals": self.bundle["proposals"][drawn[1]],
            "proposals_image": self.bundle["proposals_image"][drawn[1]],
            "rpn.sampled": drawn[0],
            "rcnn.sampled": np.ones(drawn[1].sum(), bool),
        }
        return Recording(
            bundle,
            {name: loss.item() for name, loss in losses.items()},
            {name: g.numpy() for name, g in zip(self.variables, gradients)},
        )

    def peer(self) -> Peer:
        """The objective as a peer; its value depends on the draw."""
        return Peer("torchvision", self.run, lambda result: Outcome(sum(result[0].values()).item()))
