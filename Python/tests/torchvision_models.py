"""torchvision's detectors with random weights, and what their own losses come to."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torchvision.models.detection import FCOS, FasterRCNN, RetinaNet
from torchvision.models.detection.anchor_utils import DefaultBoxGenerator
from torchvision.models.detection.faster_rcnn import (
    FastRCNNConvFCHead,
    FastRCNNPredictor,
    _default_anchorgen,
)
from torchvision.models.detection.retinanet import RetinaNetHead
from torchvision.models.detection.rpn import RPNHead
from torchvision.models.detection.ssd import SSD, SSDHead
from torchvision.ops import MultiScaleRoIAlign

CLASSES = 6
CHANNELS = 32
# Not multiples of 128 once scaled and padded, so that the last levels' strides differ by axis.
SIZES = ((90, 130), (116, 100))
SHORTER, LONGER = 150, 200

Targets = list[dict[str, Tensor]]


class Pyramid(nn.Module):
    """Five maps, each of half the resolution of the one before, as torchvision's pyramids have them."""

    out_channels = CHANNELS

    def __init__(self, first_stride: int) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, CHANNELS, first_stride, first_stride)
        self.levels = nn.ModuleList(nn.Conv2d(CHANNELS, CHANNELS, 3, 2, 1) for _ in range(4))

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """The maps."""
        maps = [self.stem(images)]
        for level in self.levels:
            maps.append(level(maps[-1].relu()))
        return {str(index): level for index, level in enumerate(maps)}


def faster_rcnn() -> Any:
    """Heads as in `fasterrcnn_resnet50_fpn`."""
    head = nn.Sequential(nn.Flatten(), nn.Linear(CHANNELS * 49, 64), nn.ReLU())
    return two_stages(box_head=head)


def faster_rcnn_v2() -> Any:
    """Heads as in `fasterrcnn_resnet50_fpn_v2`, with two convolutions in the first stage."""
    head = FastRCNNConvFCHead((CHANNELS, 7, 7), [CHANNELS], [64], norm_layer=nn.BatchNorm2d)
    return two_stages(rpn_head=RPNHead(CHANNELS, 3, conv_depth=2), box_head=head)


def two_stages(**parts: nn.Module) -> Any:
    """A detector with the anchors that torchvision has for a pyramid."""
    return FasterRCNN(
        Pyramid(4), None, SHORTER, LONGER, rpn_anchor_generator=_default_anchorgen(),
        box_roi_pool=MultiScaleRoIAlign(["0", "1", "2", "3"], 7, 2),
        box_predictor=FastRCNNPredictor(64, CLASSES), rpn_post_nms_top_n_train=300, **parts,
    )  # fmt: skip


def retinanet() -> Any:
    """As `retinanet_resnet50_fpn`."""
    return RetinaNet(Pyramid(8), CLASSES, SHORTER, LONGER)


def retinanet_v2() -> Any:
    """As `retinanet_resnet50_fpn_v2`: its boxes cost GIoU."""
    head = RetinaNetHead(CHANNELS, 9, CLASSES, norm_layer=lambda count: nn.GroupNorm(32, count))
    head.regression_head._loss_type = "giou"
    return RetinaNet(Pyramid(8), CLASSES, SHORTER, LONGER, head=head)


def fcos() -> Any:
    """As `fcos_resnet50_fpn`."""
    return FCOS(Pyramid(8), CLASSES, SHORTER, LONGER)


def ssd() -> Any:
    """As `ssd300_vgg16`, but on five levels."""
    boxes = DefaultBoxGenerator(
        [[2], [2, 3], [2, 3], [2], [2]], scales=[0.1, 0.2, 0.4, 0.6, 0.8, 1.05], steps=[8, 16, 32, 64, 128]
    )
    head = SSDHead([CHANNELS] * 5, boxes.num_anchors_per_location(), CLASSES)
    return SSD(Pyramid(8), boxes, (160, 128), CLASSES, head=head)


def made(make: Callable[[], nn.Module], seed: int = 0) -> Any:
    """A model with weights that make its outputs differ from prior to prior, ready to train."""
    torch.manual_seed(seed)
    model = make()
    for name, parameter in model.named_parameters():
        # Heads begin near 0, where most gradients are alike.
        heads = ("cls_logits", "bbox_", "cls_score", "module_list")
        if any(part in name for part in heads) and parameter.dim() > 1:
            nn.init.normal_(parameter, std=0.05)
    return model.train()


def batch(seed: int = 0) -> tuple[list[Tensor], Targets]:
    """Two images, the second without objects."""
    generator = torch.Generator().manual_seed(seed)
    images = [torch.rand(3, *size, generator=generator) for size in SIZES]
    height, width = SIZES[0]
    sides = torch.rand(5, 2, generator=generator) * torch.tensor([width, height]) / 2 + 12
    corners = torch.rand(5, 2, generator=generator) * (torch.tensor([width, height]) - sides)
    boxes = torch.cat([corners, corners + sides], dim=1)
    labels = torch.randint(1, CLASSES, (5,), generator=generator)
    none = {"boxes": torch.zeros(0, 4), "labels": torch.zeros(0, dtype=torch.int64)}
    return images, [{"boxes": boxes, "labels": labels}, none]


def gradients(model: nn.Module, losses: dict[str, Tensor]) -> dict[str, Tensor]:
    """The gradient of the losses' sum by each parameter; zeros where there is none."""
    model.zero_grad()
    torch.stack(list(losses.values())).sum().backward()
    return {
        name: torch.zeros_like(p) if p.grad is None else p.grad.clone()
        for name, p in model.named_parameters()
    }


class Recorder:
    """Draws as the sampler of torchvision that it wraps does, and remembers what it drew."""

    def __init__(self, sampler: Callable[[list[Tensor]], tuple[list[Tensor], list[Tensor]]]) -> None:
        self.sampler = sampler
        self.drawn = torch.zeros(0, dtype=torch.bool)

    def __call__(self, labels: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """Masks of the sampled positives and of the sampled negatives, image by image."""
        positive, negative = self.sampler(labels)
        self.drawn = (torch.cat(positive) | torch.cat(negative)).bool()
        return positive, negative
