"""FasterRCNN: proposals, and a head on a sample of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.rpn import concat_box_prediction_layers

from losskit.torchvision._attachment import Attachment, coder, levels, strides
from losskit.torchvision._fit import ModelStage, Output


class TwoStageAttachment(Attachment):
    """A recipe of two stages: the first on all anchors, the second on the proposals that it samples."""

    def stages(self, model: Any) -> list[ModelStage]:
        """The region proposal network and the heads.

        Raises:
            ValueError: If the heads predict masks or keypoints.
        """
        heads = model.roi_heads
        if heads.has_mask() or heads.has_keypoint():
            raise ValueError(
                f"{type(model).__name__} predicts masks or keypoints, which recipes have no terms for"
            )
        generator = model.rpn.anchor_generator
        count = len(generator.sizes)
        deltas = Output("rpn_deltas", "n (a c) h w", 4, "rpn.head.bbox_pred", count)
        first = {
            "objectness": Output("rpn_objectness", "n a h w", 1, "rpn.head.cls_logits", count),
            "box": deltas,
            "decoded_box": deltas,
        }
        boxes = Output("bbox_pred", "r (k c)", 4, "roi_heads.box_predictor")
        second = {
            "class": Output("cls_score", "r c", None, "roi_heads.box_predictor"),
            "box": boxes,
            "decoded_box": boxes,
        }
        return [
            ModelStage(
                first,
                {"coder": coder(model.rpn.box_coder.weights), "priors": priors(generator)},
            ),
            ModelStage(second, {"coder": coder(heads.box_coder.weights), "priors": {"type": "proposals"}}),
        ]

    def begin(self) -> None:
        """Takes the place of both parts' forward."""
        self.model.rpn.forward = self.propose
        self.model.roi_heads.forward = self.score

    def end(self) -> None:
        """Gives it back."""
        del self.model.rpn.forward
        del self.model.roi_heads.forward

    # Within torch.compile a break in the graph.
    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def propose(
        self, images: ImageList, features: dict[str, Tensor],
        targets: list[dict[str, Tensor]] | None = None,
    ) -> tuple[list[Tensor], dict[str, Tensor]]:  # fmt: skip
        """Proposals for each image, and the terms of the first stage."""
        rpn = self.model.rpn
        if not rpn.training or targets is None:
            found: tuple[list[Tensor], dict[str, Tensor]] = type(rpn).forward(rpn, images, features, targets)
            return found
        maps = list(features.values())
        scores, deltas = rpn.head(maps)
        anchors = rpn.anchor_generator(images, maps)
        count = len(anchors)
        sides = levels(
            maps,
            rpn.anchor_generator.num_anchors_per_location(),
            strides(images.tensors.shape, maps),
        )
        # No gradient flows through a proposal.
        with torch.no_grad():
            flat_scores, flat_deltas = concat_box_prediction_layers(scores, deltas)
            boxes = rpn.box_coder.decode(flat_deltas, anchors).view(count, -1, 4)
        proposals, _ = rpn.filter_proposals(
            boxes, flat_scores, images.image_sizes, [number for number, _ in sides]
        )
        objective = self.on_anchors(anchors[0], sides)
        stage, _ = objective.stages
        predictions = {
            f"{name}_{level}": tensor
            for name, tensors in (("rpn_objectness", scores), ("rpn_deltas", deltas))
            for level, tensor in enumerate(tensors)
        }
        made = objective.targets(
            targets, image_sizes=images.image_sizes, stage=stage, predictions=predictions,
            samples=self.samples, step=self.step,
        )  # fmt: skip
        losses = objective(predictions, made, state=self.state)
        return proposals, self.keep(losses, stage)

    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def score(
        self, features: dict[str, Tensor], proposals: list[Tensor], sizes: list[tuple[int, int]],
        targets: list[dict[str, Tensor]] | None = None,
    ) -> tuple[list[Any], dict[str, Tensor]]:  # fmt: skip
        """The terms of the second stage, on the proposals that the recipe samples."""
        heads = self.model.roi_heads
        if not heads.training or targets is None:
            found: tuple[list[Any], dict[str, Tensor]] = type(heads).forward(
                heads, features, proposals, sizes, targets
            )
            return found
        _, stage = self.objective.stages
        boxes = [torch.cat([p, objects(t).to(p)]) for p, t in zip(proposals, targets, strict=True)]
        made = self.objective.targets(
            targets, image_sizes=sizes, stage=stage, proposals=boxes, samples=self.samples,
            step=self.step, sampled=True,
        )  # fmt: skip
        self.step += 1
        sampled = [torch.from_numpy(b).to(boxes[0]) for b in made[stage].boxes()]
        scores, deltas = heads.box_predictor(heads.box_head(heads.box_roi_pool(features, sampled, sizes)))
        losses = self.objective({"cls_score": scores, "bbox_pred": deltas}, made, state=self.state)
        return [], self.keep(losses, stage)


def priors(generator: Any) -> dict[str, Any]:
    """Priors with as many a cell and level as a generator has; its own take their place."""
    ratios = [list(level) for level in generator.aspect_ratios]
    same = all(level == ratios[0] for level in ratios)
    sizes = [
        [size for size in level for _ in ([1] if same else own)]
        for level, own in zip(generator.sizes, ratios, strict=True)
    ]
    return {
        "type": "centered_anchor_grid", "sizes": sizes, "ratios": ratios[0] if same else [1],
        "strides": [2 ** (level + 2) for level in range(len(sizes))],
    }  # fmt: skip


def objects(target: Mapping[str, Tensor]) -> Tensor:
    """The boxes of an image's objects, which are added to its proposals."""
    for name in ("ignore", "iscrowd"):
        if name in target:
            return target["boxes"][target[name] == 0]
    return target["boxes"]
