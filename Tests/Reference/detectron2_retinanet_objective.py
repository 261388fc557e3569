"""The objective of detectron2's RetinaNet, by its own class."""

from types import SimpleNamespace

import torch
from dense_objective import STRIDES, bundle, head_outputs, levels
from scenes import CLASS_COUNT, Image
from torch import Tensor, nn

ANCHORS_PER_CELL = 9
WIDTHS = {"pred_logits": CLASS_COUNT, "pred_anchor_deltas": 4}
PARAMETERS = {"retinanet": {"positive_iou": 0.5, "negative_iou": 0.4}}


def make_detectron2_retinanet_objective(
    detectron2: SimpleNamespace, images: list[Image], padded: tuple[int, int], seed: int
) -> dict[str, Tensor]:
    """The tensors of the bundle; `padded` is the size (height, width) of the batch, a multiple of 128.

    `expected/second.…` are the losses of a second step on the same batch: what both are divided by is a
    running mean.
    """
    model = make_model(detectron2)
    widths = {name: ANCHORS_PER_CELL * width for name, width in WIDTHS.items()}
    predictions, variables = head_outputs(widths, len(images), padded, seed)
    outputs = [levels(name, variables) for name in WIDTHS]
    truths = [make_truth(detectron2, image, torch.float32) for image in images]

    def step() -> dict[str, Tensor]:
        with detectron2.events.EventStorage(0):
            losses = model.forward_training(None, outputs[0], outputs, truths)
        return {
            "retinanet_cls": losses["loss_cls"],
            "retinanet_box": losses["loss_box_reg"],
        }

    first, second = step(), step()
    anchors = torch.cat([boxes.tensor for boxes in model.anchor_generator(outputs[0])]).float()
    assigned = [match(detectron2, model, anchors, image) for image in images]
    encoded = [
        model.box2box_transform.get_deltas(anchors, image.boxes[indices.clamp(min=0)])
        if len(image.boxes)
        else torch.zeros_like(anchors)
        for image, indices in zip(images, assigned)
    ]
    tensors = bundle(
        "retinanet", images, predictions, variables, anchors, assigned, encoded, first
    )
    return tensors | {
        f"expected/second.{name}": loss.detach().double().reshape(1)
        for name, loss in second.items()
    }


def make_model(detectron2: SimpleNamespace) -> nn.Module:
    """The model as Base-RetinaNet configures it, but for backbone, head and number of classes."""
    sizes = [[size * 2 ** (octave / 3) for octave in range(3)] for size in (32, 64, 128, 256, 512)]
    return detectron2.retinanet.RetinaNet(
        backbone=nn.Identity(),
        head=nn.Identity(),
        head_in_features=[],
        anchor_generator=detectron2.anchor_generator.DefaultAnchorGenerator(
            sizes=sizes, aspect_ratios=[[0.5, 1.0, 2.0]], strides=list(STRIDES), offset=0.0
        ),
        box2box_transform=detectron2.box_regression.Box2BoxTransform((1.0, 1.0, 1.0, 1.0)),
        anchor_matcher=detectron2.matcher.Matcher(
            [0.4, 0.5], [0, -1, 1], allow_low_quality_matches=True
        ),
        num_classes=CLASS_COUNT,
        focal_loss_alpha=0.25,
        focal_loss_gamma=2.0,
        smooth_l1_beta=0.0,
        pixel_mean=[0.0, 0.0, 0.0],
        pixel_std=[1.0, 1.0, 1.0],
    )


def make_truth(detectron2: SimpleNamespace, image: Image, kind: torch.dtype) -> object:
    """The objects; labels count from 0 here."""
    return detectron2.instances.Instances(
        image.size,
        gt_boxes=detectron2.boxes.Boxes(image.boxes.to(kind)),
        gt_classes=image.labels - 1,
    )


def match(
    detectron2: SimpleNamespace, model: nn.Module, anchors: Tensor, image: Image
) -> Tensor:
    """The matcher's ground truths from 0, -1 for background and -2 for neither.

    Fails where IoU in double precision would give others.
    """
    found = []
    for kind in (torch.float32, torch.float64):
        boxes = [detectron2.boxes.Boxes(rows.to(kind)) for rows in (image.boxes, anchors)]
        indices, labels = model.anchor_matcher(detectron2.boxes.pairwise_iou(*boxes))
        found.append(torch.where(labels == 1, indices, labels.long() - 1))
    assert torch.equal(*found)
    return found[0]
