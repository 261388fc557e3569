"""What heads of mmdetection take and give beside their outputs."""

import torch
from mmdet.models.dense_heads import AnchorHead
from mmengine.structures import InstanceData
from scenes import Image
from torch import Tensor


def truths_and_metas(
    images: list[Image], padded: list[tuple[int, int]]
) -> tuple[list[InstanceData], list[dict]]:
    """Objects, whose labels count from 0 here, and what a head reads of each image.

    `padded` is the size (height, width) to which each image is padded.
    """
    truths = [InstanceData(bboxes=image.boxes, labels=image.labels - 1) for image in images]
    metas = [{"img_shape": image.size, "pad_shape": size} for image, size in zip(images, padded)]
    return truths, metas


def encode(
    head: AnchorHead, anchors: Tensor, images: list[Image], assigned: list[Tensor]
) -> list[Tensor]:
    """The matched boxes as the head's coder has them; what isn't matched is anything."""
    return [
        head.bbox_coder.encode(anchors, image.boxes[indices.clamp(min=0)])
        if len(image.boxes)
        else torch.zeros_like(anchors)
        for image, indices in zip(images, assigned)
    ]
