"""torchvision's detectors over a small backbone, for short trainings on small images."""

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn
from torchvision.models.detection import FCOS, FasterRCNN, RetinaNet
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.ops import FeaturePyramidNetwork, MultiScaleRoIAlign

CHANNELS = 64
STRIDES = (8, 16, 32)


class SmallBackbone(nn.Module):
    """Four stages of convolutions, each at half the resolution, and a pyramid over the last three."""

    out_channels = CHANNELS

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(convolution(3, 16, 2), convolution(16, 32, 2))
        self.stages = nn.ModuleList(
            nn.Sequential(convolution(inputs, outputs, 2), convolution(outputs, outputs, 1))
            for inputs, outputs in ((32, 64), (64, 96), (96, 128))
        )
        self.pyramid = FeaturePyramidNetwork([64, 96, 128], CHANNELS)

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """Feature maps of strides 8, 16 and 32."""
        features = self.stem(images)
        maps = {}
        for level, stage in enumerate(self.stages):
            features = stage(features)
            maps[str(level)] = features
        pyramid: dict[str, Tensor] = self.pyramid(maps)
        return pyramid


def convolution(inputs: int, outputs: int, stride: int) -> nn.Module:
    """A convolution of 3 × 3 with batch normalization and ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


def faster_rcnn(classes: int, size: tuple[int, int]) -> Any:
    """Two stages, anchors of 2 and 3 strides; `size` is the shorter and the longer side of images."""
    return FasterRCNN(
        SmallBackbone(), None, *size,
        rpn_anchor_generator=AnchorGenerator(
            tuple((2 * stride, 3 * stride) for stride in STRIDES), ((0.5, 1.0, 2.0),) * 3
        ),
        rpn_pre_nms_top_n_train=300, rpn_post_nms_top_n_train=150,
        rpn_pre_nms_top_n_test=300, rpn_post_nms_top_n_test=150,
        rpn_batch_size_per_image=64, box_batch_size_per_image=64,
        box_roi_pool=MultiScaleRoIAlign(["0", "1", "2"], 5, 2),
        box_head=TwoMLPHead(25 * CHANNELS, 128),
        box_predictor=FastRCNNPredictor(128, classes + 1),
    )  # fmt: skip


def retinanet(classes: int, size: tuple[int, int]) -> Any:
    """Nine anchors a cell, from 2 strides on."""
    sizes = tuple(tuple(int(2 * stride * 2 ** (i / 3)) for i in range(3)) for stride in STRIDES)
    anchors = AnchorGenerator(sizes, ((0.5, 1.0, 2.0),) * 3)
    return RetinaNet(SmallBackbone(), classes + 1, *size, anchor_generator=anchors)


def fcos(classes: int, size: tuple[int, int]) -> Any:
    """A point a cell."""
    anchors = AnchorGenerator(tuple((stride,) for stride in STRIDES), ((1.0,),) * 3)
    return FCOS(SmallBackbone(), classes + 1, *size, anchor_generator=anchors)


DETECTORS: dict[str, Callable[[int, tuple[int, int]], Any]] = {
    "faster_rcnn": faster_rcnn,
    "retinanet": retinanet,
    "fcos": fcos,
}
