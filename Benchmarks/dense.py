"""What torchvision and mmdetection have for the objectives of one-stage detectors, and for ATSS."""

import sys
from math import ceil
from pathlib import Path

import inputs
import numpy as np
import torch
from detection import Recording, indices_outcome
from torch import Tensor, nn
from torchvision.models.detection.fcos import FCOS
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.retinanet import RetinaNet, _default_anchorgen
from work import Inputs, Outcome, Peer, Work

# The tests' reference values come from the same heads.
sys.path.append(str(Path(__file__).resolve().parent.parent / "Tests/Reference"))
import mmdet_atss_objective  # noqa: E402
from mmdet.models.task_modules.assigners import (  # noqa: E402
    ATSSAssigner,
    DynamicSoftLabelAssigner,
    SimOTAAssigner,
    TaskAlignedAssigner,
)
from mmengine.structures import InstanceData  # noqa: E402

STRIDES = (8, 16, 32, 64, 128)


def draw(work: Work) -> Inputs:
    """A bundle for a recipe: its images are padded to a multiple of the largest stride."""
    generator = inputs.seeded(work)
    images, height, width, classes = work.shape
    size = (height, width)
    boxes = [inputs.objects(generator, inputs.OBJECTS, size) for _ in range(images)]
    bundle = {
        "image_sizes": np.array([size] * images, np.int64),
        "gt_boxes": np.concatenate(boxes),
        "gt_labels": generator.integers(1, classes + 1, images * inputs.OBJECTS),
        "gt_image": np.arange(images).repeat(inputs.OBJECTS),
    }
    padded = [ceil(side / STRIDES[-1]) * STRIDES[-1] for side in size]
    for name, channels in RECIPES[work.recipe].channels(classes).items():
        for level, stride in enumerate(STRIDES):
            shape = (images, channels, *(side // stride for side in padded))
            numbers = inputs.normals(generator, shape)
            # Distances are positive; decoded deltas may be.
            is_box = name.startswith("bbox_") and name != "bbox_ctrness"
            bundle[f"{name}_{level}"] = np.abs(numbers) / 2 if is_box else numbers
    return bundle


class DenseObjective:
    """A library's code from priors to gradients, without its network layers."""

    names: tuple[str, ...]
    terms: tuple[str, ...]
    library: str

    @staticmethod
    def channels(classes: int) -> dict[str, int]:
        """The channels of each output."""
        raise NotImplementedError

    def __init__(self, bundle: Inputs) -> None:
        self.bundle = bundle
        self.sizes = [tuple(size) for size in bundle["image_sizes"].tolist()]
        first = bundle[f"{self.names[0]}_0"]
        self.padded = (first.shape[2] * STRIDES[0], first.shape[3] * STRIDES[0])
        boxes, labels = (torch.from_numpy(bundle[name]) for name in ("gt_boxes", "gt_labels"))
        self.truths = list(zip(boxes.split(inputs.OBJECTS), labels.split(inputs.OBJECTS)))
        self.variables = {
            f"{name}_{level}": torch.from_numpy(bundle[f"{name}_{level}"]).requires_grad_()
            for name in self.names
            for level in range(len(STRIDES))
        }

    def levels(self, name: str) -> list[Tensor]:
        """An output's tensors, level by level."""
        return [self.variables[f"{name}_{level}"] for level in range(len(STRIDES))]

    def losses(self) -> dict[str, Tensor]:
        """The terms by their names in the recipe, before their weights."""
        raise NotImplementedError

    def weight(self, term: str) -> float:
        """What a term is multiplied by."""
        return 1.0

    def run(self) -> tuple[dict[str, Tensor], tuple[Tensor, ...]]:
        """The losses, and the gradient of their weighted sum by each prediction."""
        losses = self.losses()
        total = sum(self.weight(name) * loss for name, loss in losses.items())
        gradients = torch.autograd.grad(total, list(self.variables.values()), allow_unused=True)
        return losses, gradients

    def record(self) -> Recording:
        """One run, for losskit to repeat."""
        losses, gradients = self.run()
        return Recording(
            self.bundle,
            {name: loss.item() for name, loss in losses.items()},
            {name: g.numpy() for name, g in zip(self.variables, gradients) if g is not None},
        )

    def peer(self) -> Peer:
        """The objective as a peer."""
        return Peer(
            self.library, self.run, lambda result: Outcome(sum(result[0].values()).item())
        )


class Torchvision(DenseObjective):
    """An objective that a whole model of torchvision has."""

    library = "torchvision"
    anchors = 1

    def __init__(self, bundle: Inputs) -> None:
        super().__init__(bundle)
        backbone = nn.Identity()
        backbone.out_channels = 32
        columns = bundle[f"{self.names[0]}_0"].shape[1] // self.anchors
        self.network = self.model(backbone, columns)
        self.images = ImageList(torch.zeros(len(self.sizes), 3, *self.padded), self.sizes)
        self.targets = [{"boxes": boxes, "labels": labels} for boxes, labels in self.truths]

    def model(self, backbone: nn.Module, columns: int) -> nn.Module:
        """The whole model."""
        raise NotImplementedError

    def outputs(self) -> dict[str, Tensor]:
        """All levels one behind the other: [images, priors, columns]."""
        return {
            name: torch.cat(
                [
                    level.unflatten(1, (self.anchors, -1)).permute(0, 3, 4, 1, 2).flatten(1, 3)
                    for level in self.levels(name)
                ],
                dim=1,
            )
            for name in self.names
        }

    def losses(self) -> dict[str, Tensor]:
        """Those of the model, in the recipe's names."""
        anchors = self.network.anchor_generator(self.images, self.levels(self.names[0]))
        arguments = [self.targets, self.outputs(), anchors]
        if isinstance(self.network, FCOS):
            arguments.append([level[0, 0].numel() for level in self.levels(self.names[0])])
        return dict(zip(self.terms, self.network.compute_loss(*arguments).values()))


class TorchvisionRetinaNet(Torchvision):
    """retinanet_torchvision."""

    anchors = 9
    names = ("cls_logits", "bbox_regression")
    terms = ("retinanet_cls", "retinanet_box")

    @staticmethod
    def channels(classes: int) -> dict[str, int]:
        """A column for each label, and one for label 0."""
        return {"cls_logits": 9 * (classes + 1), "bbox_regression": 36}

    def model(self, backbone: nn.Module, columns: int) -> nn.Module:
        """With the anchors of retinanet_resnet50_fpn."""
        return RetinaNet(backbone, columns, anchor_generator=_default_anchorgen())


class TorchvisionFCOS(Torchvision):
    """fcos_torchvision."""

    names = ("cls_logits", "bbox_regression", "bbox_ctrness")
    terms = ("fcos_cls", "fcos_box", "fcos_centerness")

    @staticmethod
    def channels(classes: int) -> dict[str, int]:
        """A column for each label, and one for label 0."""
        return {"cls_logits": classes + 1, "bbox_regression": 4, "bbox_ctrness": 1}

    def model(self, backbone: nn.Module, columns: int) -> nn.Module:
        """As it stands."""
        return FCOS(backbone, columns)


class MmdetectionATSS(DenseObjective):
    """atss."""

    library = "mmdetection"
    names = ("cls_score", "bbox_pred", "centerness")
    terms = ("atss_cls", "atss_box", "atss_centerness")

    @staticmethod
    def channels(classes: int) -> dict[str, int]:
        """No column for the background."""
        return {"cls_score": classes, "bbox_pred": 4, "centerness": 1}

    def __init__(self, bundle: Inputs) -> None:
        super().__init__(bundle)
        self.head = mmdet_atss_objective.make_head(bundle["cls_score_0"].shape[1])
        self.metas = [{"img_shape": size, "pad_shape": self.padded} for size in self.sizes]
        # Labels count from 0 here.
        self.instances = [
            InstanceData(bboxes=boxes, labels=labels - 1) for boxes, labels in self.truths
        ]

    def losses(self) -> dict[str, Tensor]:
        """Those of the head, whose box loss has its weight in it."""
        outputs = [self.levels(name) for name in self.names]
        losses = self.head.loss_by_feat(*outputs, self.instances, self.metas)
        return {
            "atss_cls": sum(losses["loss_cls"]),
            "atss_box": sum(losses["loss_bbox"]) / self.weight("atss_box"),
            "atss_centerness": sum(losses["loss_centerness"]),
        }

    def weight(self, term: str) -> float:
        """The box loss counts twice."""
        return self.head.loss_bbox.loss_weight if term == "atss_box" else 1.0


RECIPES = {
    "retinanet_torchvision": TorchvisionRetinaNet,
    "fcos_torchvision": TorchvisionFCOS,
    "atss": MmdetectionATSS,
}


def assignment_peers(data: Inputs, memory_limit: float) -> list[Peer]:
    """mmdetection's assigner, unless it would need more than `memory_limit` bytes."""
    priors, boxes = (torch.from_numpy(data[name]) for name in ("priors", "gt_boxes"))
    # The overlaps, the distances and what is made of them.
    if 9 * 4 * len(priors) * len(boxes) > memory_limit:
        return []
    assigner = ATSSAssigner(topk=9)
    counts = data["prior_levels"].tolist()
    instances = InstanceData(bboxes=boxes, labels=torch.zeros(len(boxes), dtype=torch.int64))
    return [
        Peer(
            "mmdetection",
            lambda: assigner.assign(InstanceData(priors=priors), counts, instances).gt_inds - 1,
            indices_outcome,
        )
    ]


def predicted_assignment_peers(
    operation: str, data: Inputs, memory_limit: float
) -> list[Peer]:
    """mmdetection's assigner that reads predictions, unless it would need more than `memory_limit` bytes."""
    boxes, scores, priors = (torch.from_numpy(data[name]) for name in ("boxes", "scores", "priors"))
    truth = InstanceData(
        bboxes=torch.from_numpy(data["gt_boxes"]), labels=torch.from_numpy(data["gt_labels"]) - 1
    )
    if operation == "task_aligned":
        assigner, columns = TaskAlignedAssigner(topk=13), 9
    else:
        # Each class of each pair, five times over.
        columns = 5 * scores.shape[1]
        assigner = SimOTAAssigner() if operation == "sim_ota" else DynamicSoftLabelAssigner()
        strides = np.repeat(data["prior_strides"], data["prior_levels"]).astype(np.float32)
        centers = (priors[:, :2] + priors[:, 2:]) / 2
        priors = torch.cat([centers, torch.from_numpy(strides)[:, None].expand(-1, 2)], dim=1)
        if operation == "dynamic_soft_label":
            scores = scores.logit()
    if 4 * columns * len(priors) * len(truth) > memory_limit:
        return []
    instances = InstanceData(priors=priors, bboxes=boxes, scores=scores)
    return [
        Peer(
            "mmdetection",
            lambda: assigner.assign(instances, truth).gt_inds - 1,
            indices_outcome,
        )
    ]
