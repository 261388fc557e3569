"""The objectives of mmdetection's DETR and Deformable DETR, by their own heads."""

import mmdetection  # noqa: F401 (first: it makes mmdet importable)
import torch
from mmdet.models.dense_heads import DeformableDETRHead, DETRHead
from mmdet.structures.bbox import bbox_cxcywh_to_xyxy, bbox_xyxy_to_cxcywh
from mmdet_inputs import truths_and_metas
from mmengine.structures import InstanceData
from scenes import (
    CLASS_COUNT,
    Image,
    as_variables,
    gradients,
    ground_truth_tensors,
    loss_tensors,
)
from torch import Tensor

LAYERS = 6
QUERIES = 40
COSTS = [
    {"type": "BBoxL1Cost", "weight": 5.0, "box_format": "xywh"},
    {"type": "IoUCost", "iou_mode": "giou", "weight": 2.0},
]
PARAMETERS = {"detr": {"queries": QUERIES, "layers": LAYERS}}


def make_mmdet_detr_objective(
    images: list[Image], seed: int, deformable: bool
) -> dict[str, Tensor]:
    """The tensors of the bundle; layers are stages of their own."""
    head = make_deformable_head() if deformable else make_head()
    generator = torch.Generator().manual_seed(seed)
    shape = (len(images), QUERIES)
    predictions: dict[str, Tensor] = {}
    for layer in range(LAYERS):
        scores = torch.randn(*shape, head.cls_out_channels, generator=generator)
        boxes = torch.randn(*shape, 4, generator=generator).sigmoid()
        predictions |= {f"cls_scores_{layer}": scores, f"bbox_preds_{layer}": boxes}
    variables = as_variables(predictions)
    scores, boxes = (
        torch.stack([variables[f"{name}_{layer}"] for layer in range(LAYERS)])
        for name in ("cls_scores", "bbox_preds")
    )
    truths, metas = truths_and_metas(images, [images[0].size] * len(images))
    extra = (None, None) if deformable else ()
    # The costs want one precision.
    doubles = [
        InstanceData(bboxes=truth.bboxes.double(), labels=truth.labels) for truth in truths
    ]
    found = head.loss_by_feat(scores, boxes, *extra, doubles, metas)
    losses: dict[str, Tensor] = {}
    for layer in range(LAYERS):
        # The last layer's have no prefix.
        prefix = f"d{layer}." if layer < LAYERS - 1 else ""
        for name, key, loss in (
            ("detr_cls", "loss_cls", head.loss_cls),
            ("detr_box", "loss_bbox", head.loss_bbox),
            ("detr_giou", "loss_iou", head.loss_iou),
        ):
            losses[f"detr_{layer}.{name}"] = found[prefix + key] / loss.loss_weight
    tensors = ground_truth_tensors(images) | predictions | loss_tensors(losses)
    for layer in range(LAYERS):
        stage = f"detr_{layer}"
        assigned = [
            match(
                head,
                predictions[f"cls_scores_{layer}"][index],
                predictions[f"bbox_preds_{layer}"][index],
                truth,
                meta,
            )
            for index, (truth, meta) in enumerate(zip(truths, metas))
        ]
        tensors[f"expected/{stage}.assigned"] = torch.cat(assigned)
        tensors[f"expected/{stage}.box_targets"] = torch.cat(
            [encode(image, indices) for image, indices in zip(images, assigned)]
        )
    height, width = images[0].size
    tensors["expected/detr_0.priors"] = torch.tensor([[0.0, 0.0, width, height]]).repeat(QUERIES, 1)
    return tensors | gradients(sum(found.values()), variables)


def make_head(class_count: int = CLASS_COUNT) -> DETRHead:
    """The head as detr_r50 configures it, but for the number of classes and channels."""
    return DETRHead(
        num_classes=class_count,
        embed_dims=8,
        loss_cls={
            "type": "CrossEntropyLoss",
            "bg_cls_weight": 0.1,
            "use_sigmoid": False,
            "loss_weight": 1.0,
            "class_weight": 1.0,
        },
        train_cfg={
            "assigner": {
                "type": "HungarianAssigner",
                "match_costs": [{"type": "ClassificationCost", "weight": 1.0}, *COSTS],
            }
        },
    )


def make_deformable_head() -> DeformableDETRHead:
    """The head as deformable-detr_r50 configures it, but for the number of classes and channels."""
    return DeformableDETRHead(
        num_classes=CLASS_COUNT,
        embed_dims=8,
        sync_cls_avg_factor=True,
        loss_cls={
            "type": "FocalLoss",
            "use_sigmoid": True,
            "gamma": 2.0,
            "alpha": 0.25,
            "loss_weight": 2.0,
        },
        train_cfg={
            "assigner": {
                "type": "HungarianAssigner",
                "match_costs": [{"type": "FocalLossCost", "weight": 2.0}, *COSTS],
            }
        },
    )


def match(
    head: DETRHead, scores: Tensor, boxes: Tensor, truth: InstanceData, meta: dict
) -> Tensor:
    """The assigner's ground truths from 0, and -1; fails where double precision gives others."""
    height, width = meta["img_shape"]
    found = []
    for precision in (torch.float32, torch.float64):
        factor = torch.tensor([width, height, width, height], dtype=precision)
        predicted = InstanceData(
            scores=scores.to(precision), bboxes=bbox_cxcywh_to_xyxy(boxes.to(precision)) * factor
        )
        objects = InstanceData(bboxes=truth.bboxes.to(precision), labels=truth.labels)
        found.append(head.assigner.assign(predicted, objects, meta).gt_inds)
    assert torch.equal(*found)
    return found[0] - 1


def encode(image: Image, indices: Tensor) -> Tensor:
    """Centre and sides of the matched boxes in shares of the image's; zero where nothing is matched."""
    if len(image.boxes) == 0:
        return torch.zeros(len(indices), 4)
    height, width = image.size
    shares = image.boxes / torch.tensor([width, height, width, height])
    encoded = bbox_xyxy_to_cxcywh(shares)[indices.clamp(min=0)]
    return torch.where(indices[:, None] >= 0, encoded, 0.0)
