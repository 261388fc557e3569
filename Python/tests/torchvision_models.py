"""torchvision's detectors with random weights, and what their own losses come to."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torchvision.models.detection import FCOS, FasterRCNN, RetinaNet
from torchvision.models.detection.backbone_utils import _resnet_fpn_extractor
from torchvision.models.detection.faster_rcnn import FastRCNNConvFCHead, FastRCNNPredictor, _default_anchorgen
from torchvision.models.detection.retinanet import RetinaNetHead
from torchvision.models.detection.retinanet import _default_anchorgen as retinanet_anchors
from torchvision.models.detection.rpn import RPNHead
from torchvision.models.resnet import resnet18
from torchvision.ops.feature_pyramid_network import LastLevelP6P7

CLASSES = 6
# Not a multiple of 32 once scaled, so that the last levels' strides differ from 64 and 128, and by axis.
SIZES = ((180, 260), (232, 200))
SHORTER, LONGER = 200, 300

Targets = list[dict[str, Tensor]]


def faster_rcnn() -> nn.Module:
    """Five levels, as `fasterrcnn_resnet50_fpn` has them."""
    return FasterRCNN(backbone(), CLASSES, SHORTER, LONGER, box_batch_size_per_image=64, **anchors())


def faster_rcnn_v2() -> nn.Module:
    """Heads of `fasterrcnn_resnet50_fpn_v2`: two convolutions, and four in the second stage."""
    body = backbone(norm_layer=nn.BatchNorm2d)
    head = FastRCNNConvFCHead((256, 7, 7), [256, 256], [256], norm_layer=nn.BatchNorm2d)
    return FasterRCNN(
        body, None, SHORTER, LONGER, rpn_head=RPNHead(256, 3, conv_depth=2), box_head=head,
        box_predictor=FastRCNNPredictor(256, CLASSES), box_batch_size_per_image=64, **anchors(),
    )  # fmt: skip


def anchors() -> dict[str, nn.Module]:
    """The anchors that torchvision has for a pyramid."""
    return {"rpn_anchor_generator": _default_anchorgen()}


def retinanet() -> nn.Module:
    """As `retinanet_resnet50_fpn`."""
    return RetinaNet(backbone(p6=256), CLASSES, SHORTER, LONGER)


def retinanet_v2() -> nn.Module:
    """As `retinanet_resnet50_fpn_v2`: its boxes cost GIoU."""
    head = RetinaNetHead(256, 9, CLASSES, norm_layer=lambda channels: nn.GroupNorm(32, channels))
    head.regression_head._loss_type = "giou"
    return RetinaNet(
        backbone(p6=512), CLASSES, SHORTER, LONGER, anchor_generator=retinanet_anchors(), head=head
    )


def fcos() -> nn.Module:
    """As `fcos_resnet50_fpn`."""
    return FCOS(backbone(p6=256), CLASSES, SHORTER, LONGER)


def backbone(p6: int = 0, norm_layer: Callable[..., nn.Module] | None = None) -> nn.Module:
    """A residual network of 18 layers with a pyramid; from stride 8 on if it has `p6` inputs to P6."""
    body = resnet18(norm_layer=norm_layer or nn.BatchNorm2d)
    if not p6:
        return _resnet_fpn_extractor(body, 5)
    return _resnet_fpn_extractor(
        body, 5, returned_layers=[2, 3, 4], extra_blocks=LastLevelP6P7(p6, 256)
    )


def made(make: Callable[[], nn.Module], seed: int = 0) -> nn.Module:
    """A model with weights that make its outputs differ from prior to prior, ready to train."""
    torch.manual_seed(seed)
    model = make()
    for name, parameter in model.named_parameters():
        # Heads begin near 0, where most gradients are alike.
        if any(part in name for part in ("cls_logits", "bbox_", "cls_score")) and parameter.dim() > 1:
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
