"""The objectives of mmdetection's FCOS and of its tuned variant, by their own head."""

import mmdetection  # noqa: F401 (first: it makes mmdet importable)
import torch
from dense_objective import STRIDES, bundle, head_outputs, levels
from mmdet.models.dense_heads import FCOSHead
from mmdet_inputs import truths_and_metas
from mmengine.structures import InstanceData
from scenes import CLASS_COUNT, Image
from torch import Tensor

WIDTHS = {"cls_score": CLASS_COUNT, "bbox_pred": 4, "centerness": 1}
TUNED = {
    "norm_on_bbox": True,
    "centerness_on_reg": True,
    "center_sampling": True,
    "loss_bbox": {"type": "GIoULoss"},
}
PARAMETERS = {"fcos": {"center_sampling_radius": None}}
TUNED_PARAMETERS = {"fcos": {"center_sampling_radius": 1.5}}


def make_mmdet_fcos_objective(
    images: list[Image], padded: tuple[int, int], seed: int, tuned: bool
) -> dict[str, Tensor]:
    """The tensors of the bundle; `padded` is the size (height, width) of the batch, a multiple of 128."""
    head = make_head(CLASS_COUNT, tuned)
    # Distances are positive: in pixels, or in strides.
    units = [4.0 if tuned else 4.0 * stride for stride in STRIDES]
    predictions, variables = head_outputs(
        WIDTHS, len(images), padded, seed, distances={"bbox_pred": units}
    )
    outputs = [levels(name, variables) for name in WIDTHS]
    truths, metas = truths_and_metas(images, [padded] * len(images))
    losses = head.loss_by_feat(*outputs, truths, metas)
    named = {
        "fcos_cls": losses["loss_cls"],
        "fcos_box": losses["loss_bbox"],
        "fcos_centerness": losses["loss_centerness"],
    }
    sizes = [(padded[0] // stride, padded[1] // stride) for stride in STRIDES]
    points = head.prior_generator.grid_priors(sizes, device="cpu")
    halves = torch.cat(
        [torch.full((len(level), 1), stride / 2) for level, stride in zip(points, STRIDES)]
    )
    priors = torch.cat([torch.cat(points) - halves, torch.cat(points) + halves], dim=1)
    assigned, encoded = zip(*(match(image, points, tuned) for image in images))
    return bundle(
        "fcos", images, predictions, variables, priors, list(assigned), list(encoded), named
    )


def make_head(class_count: int, tuned: bool) -> FCOSHead:
    """The head as fcos_r50-caffe_fpn_gn-head configures it, but for classes and channels."""
    return FCOSHead(
        num_classes=class_count,
        in_channels=32,
        stacked_convs=1,
        feat_channels=32,
        strides=list(STRIDES),
        **({"loss_bbox": {"type": "IoULoss"}} | (TUNED if tuned else {})),
    )


def match(image: Image, points: list[Tensor], tuned: bool) -> tuple[Tensor, Tensor]:
    """For each point its ground truth, or -1, and its box target.

    A head tells the labels alone, so that one is asked whose labels are the ground truths. Fails where
    double precision would give others.
    """
    count = len(image.boxes)
    head = make_head(count + 1, tuned)
    (single, targets), (double, _) = (
        head.get_targets(
            [level.to(kind) for level in points],
            [InstanceData(bboxes=image.boxes.to(kind), labels=torch.arange(count))],
        )
        for kind in (torch.float32, torch.float64)
    )
    labels = torch.cat(single)
    assert torch.equal(labels, torch.cat(double))
    return torch.where(labels == count + 1, -1, labels), torch.cat(targets)
