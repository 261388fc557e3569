"""What torchvision and mmdetection have for the objectives of one-stage detectors."""

import sys
from math import ceil
from pathlib import Path

import inputs
import numpy as np
import torch
from detection import Recording
from numpy.random import Generator
from torch import Tensor, nn
from torchvision.models.detection.fcos import FCOS
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.retinanet import RetinaNet, _default_anchorgen
from work import Inputs, Outcome, Peer, Work

# The tests' reference values come from the same heads.
sys.path.append(str(Path(__file__).resolve().parent.parent / "Tests/Reference"))
import mmdet_atss_objective  # noqa: E402
import mmdet_gfl_objective  # noqa: E402
from mmengine.structures import InstanceData  # noqa: E402

Size = tuple[int, int]


def draw(work: Work, kind: "type[DenseObjective]") -> Inputs:
    """A bundle for a recipe: its images are padded to a multiple of the largest stride."""
    generator = inputs.seeded(work)
    images, height, width, classes = work.shape
    size = (height, width)
    boxes = [inputs.objects(generator, inputs.OBJECTS, size) for _ in range(images)]
    if kind.off_grid:
        boxes = [inputs.off_grid(generator, own, size) for own in boxes]
    bundle = {
        "image_sizes": np.array([size] * images, np.int64),
        "gt_boxes": np.concatenate(boxes),
        "gt_labels": generator.integers(1, classes + 1, images * inputs.OBJECTS),
        "gt_image": np.arange(images).repeat(inputs.OBJECTS),
    }
    largest = kind.strides[-1]
    padded = tuple(ceil(side / largest) * largest for side in size)
    return bundle | kind.drawn(generator, boxes, padded, classes)


class DenseObjective:
    """A library's code from priors to gradients, without its network layers."""

    names: tuple[str, ...]
    terms: tuple[str, ...]
    library: str
    strides: tuple[int, ...] = (8, 16, 32, 64, 128)
    # Whether objects lie off any grid, since equally near anchors tie.
    off_grid = False

    @classmethod
    def drawn(
        cls, generator: Generator, boxes: list[np.ndarray], padded: Size, classes: int
    ) -> Inputs:
        """Random outputs of the head for images with these objects, each `name_level`."""
        found = {}
        for name, channels in cls.channels(classes).items():
            for level, stride in enumerate(cls.strides):
                shape = (len(boxes), channels, *(side // stride for side in padded))
                numbers = inputs.normals(generator, shape)
                # Distances are positive; decoded deltas may be.
                is_box = name.startswith("bbox_") and name != "bbox_ctrness"
                found[f"{name}_{level}"] = np.abs(numbers) / 2 if is_box else numbers
        return found

    @staticmethod
    def channels(classes: int) -> dict[str, int]:
        """The channels of each output."""
        raise NotImplementedError

    def __init__(self, bundle: Inputs) -> None:
        self.bundle = bundle
        self.sizes = [tuple(size) for size in bundle["image_sizes"].tolist()]
        first = bundle[f"{self.names[0]}_0"]
        self.padded = tuple(side * self.strides[0] for side in first.shape[2:])
        boxes, labels = (torch.from_numpy(bundle[name]) for name in ("gt_boxes", "gt_labels"))
        self.truths = list(zip(boxes.split(inputs.OBJECTS), labels.split(inputs.OBJECTS)))
        self.variables = {
            f"{name}_{level}": torch.from_numpy(bundle[f"{name}_{level}"]).requires_grad_()
            for name in self.names
            for level in range(len(self.strides))
        }

    def levels(self, name: str) -> list[Tensor]:
        """An output's tensors, level by level."""
        return [self.variables[f"{name}_{level}"] for level in range(len(self.strides))]

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


class Mmdetection(DenseObjective):
    """An objective that a head of mmdetection has; `keys` are its names of the terms."""

    library = "mmdetection"
    keys = ("loss_cls", "loss_bbox")

    def __init__(self, bundle: Inputs) -> None:
        super().__init__(bundle)
        self.metas = [{"img_shape": size, "pad_shape": self.padded} for size in self.sizes]
        # Labels count from 0 here.
        self.instances = [
            InstanceData(bboxes=boxes, labels=labels - 1) for boxes, labels in self.truths
        ]
        self.head = self.make_head(bundle[f"{self.names[0]}_0"].shape[1])

    def make_head(self, columns: int) -> nn.Module:
        """The head, for so many columns of classes."""
        raise NotImplementedError

    def outputs_of_head(self) -> list[list[Tensor]]:
        """What the head gives its losses."""
        return [self.levels(name) for name in self.names]

    def losses(self) -> dict[str, Tensor]:
        """Those of the head, which have their weights in them."""
        found = self.head.loss_by_feat(*self.outputs_of_head(), self.instances, self.metas)
        # A loss is a number, or one a level.
        return {
            term: torch.as_tensor(sum(found[key]) if isinstance(found[key], list) else found[key])
            / self.weight(term)
            for term, key in zip(self.terms, self.keys)
        }

    def weight(self, term: str) -> float:
        """What the head's loss of the term has in it."""
        return getattr(self.head, self.keys[self.terms.index(term)]).loss_weight


class MmdetectionATSS(Mmdetection):
    """atss."""

    off_grid = True
    names = ("cls_score", "bbox_pred", "centerness")
    terms = ("atss_cls", "atss_box", "atss_centerness")
    keys = ("loss_cls", "loss_bbox", "loss_centerness")

    @staticmethod
    def channels(classes: int) -> dict[str, int]:
        """No column for the background."""
        return {"cls_score": classes, "bbox_pred": 4, "centerness": 1}

    def make_head(self, columns: int) -> nn.Module:
        """As atss_r50_fpn has it."""
        return mmdet_atss_objective.make_head(columns)


class MmdetectionGFL(Mmdetection):
    """gfl."""

    off_grid = True
    names = ("cls_score", "bbox_pred")
    terms = ("gfl_cls", "gfl_box", "gfl_dfl")
    keys = ("loss_cls", "loss_bbox", "loss_dfl")

    @staticmethod
    def channels(classes: int) -> dict[str, int]:
        """17 bins a side."""
        return {"cls_score": classes, "bbox_pred": 4 * (mmdet_gfl_objective.LARGEST + 1)}

    def make_head(self, columns: int) -> nn.Module:
        """As gfl_r50_fpn has it."""
        return mmdet_gfl_objective.make_head(columns)
