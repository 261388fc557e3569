"""RetinaNet, FCOS and SSD: one stage, all anchors of a pyramid."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torchvision.models.detection import FCOS
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.ssd import SSD

from losskit.torchvision._attachment import Attachment, coder, levels, strides
from losskit.torchvision._fit import ModelStage, Output


class DenseAttachment(Attachment):
    """A recipe of one stage in the place of the model's ``compute_loss``."""

    def stages(self, model: Any) -> list[ModelStage]:
        """One, on outputs that are flattened already."""
        head, classes = "head.regression_head", "head.classification_head"
        single = isinstance(model, SSD)
        boxes = Output("bbox_regression", "n p c", 4, head if single else f"{head}.bbox_reg")
        outputs = {
            "class": Output("cls_logits", "n p c", None, classes if single else f"{classes}.cls_logits"),
            "box": boxes,
            "decoded_box": boxes,
        }
        if isinstance(model, FCOS):
            center = Output("bbox_ctrness", "n p c", 1, f"{head}.bbox_ctrness")
            outputs |= {"centerness": center, "iou": center}
            return [ModelStage(outputs, {"coder": {"type": "distances", "normalize": True}})]
        return [ModelStage(outputs, {"coder": coder(model.box_coder.weights)})]

    def begin(self) -> None:
        """Listens to the anchor generator, which sees the images and the maps."""
        self._images: ImageList | None = None
        self._maps: list[Tensor] = []
        self._hook = self.model.anchor_generator.register_forward_hook(self.listen)
        self.model.compute_loss = self.compute_loss

    def end(self) -> None:
        """Stops listening."""
        self._hook.remove()
        del self.model.compute_loss

    def listen(self, _: Any, arguments: tuple[ImageList, list[Tensor]], __: Any) -> None:
        """Keeps what the anchors were made for."""
        self._images, self._maps = arguments

    # Within torch.compile a break in the graph.
    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def compute_loss(
        self, targets: list[dict[str, Tensor]], outputs: dict[str, Tensor], anchors: list[Tensor],
        *_: Any,
    ) -> dict[str, Tensor]:  # fmt: skip
        """The recipe's terms."""
        assert self._images is not None
        images, maps = self._images, self._maps
        self._images, self._maps = None, []
        generator = self.model.anchor_generator
        if isinstance(self.model, FCOS):
            # Its assignment and its coder know the sides of the squares, not the distances of points.
            sides = [float(sizes[0]) for sizes in generator.sizes]
        else:
            sides = strides(images.tensors.shape, maps)
        objective = self.on_anchors(anchors[0], levels(maps, generator.num_anchors_per_location(), sides))
        losses = objective(
            outputs, targets, image_sizes=images.image_sizes, step=self.step, samples=self.samples,
            state=self.state,
        )  # fmt: skip
        self.step += 1
        return self.keep(losses, next(iter(objective.stages)))
