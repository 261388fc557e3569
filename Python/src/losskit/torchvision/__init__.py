"""Recipes as the training objective of torchvision's detectors.

attached = losskit.torchvision.attach(model, "retinanet_torchvision")
losses = model(images, targets)  # the recipe's terms
model = attached.detach()        # as it was
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from torch import nn
from torchvision.models.detection import FCOS, FasterRCNN, RetinaNet
from torchvision.models.detection.ssd import SSD

from losskit._objective import Recipe
from losskit.torchvision._attachment import Attachment
from losskit.torchvision._bundle import bundle
from losskit.torchvision._dense import DenseAttachment
from losskit.torchvision._two_stage import TwoStageAttachment

__all__ = ["Attachment", "attach", "bundle"]


def attach(
    model: nn.Module,
    recipe: Recipe,
    overrides: Mapping[str, Any] | None = None,
    *,
    losses: Iterable[Any] = (),
    **options: Any,
) -> Attachment:
    """Gives a detector of torchvision another training objective.

    Afterwards `model(images, targets)` returns the weighted terms of the recipe, by ``"stage.term"``, in
    place of its own losses. What it detects, its parameters and their names stay as they are.

    Assigner, sampler, targets, losses, weights and normalizers are the recipe's. What the model's detections
    depend on is the model's: its anchors, its box coder, and which column is which class.

    Args:
        model: A ``FasterRCNN``, ``RetinaNet``, ``FCOS`` or ``SSD``.
        recipe: A name, a file or a mapping, as for :class:`losskit.Objective`.
        overrides: Values by path, such as ``{"stages.retinanet.terms.retinanet_box.loss": "smooth_l1"}``.
        losses: Losses of one's own that the recipe may name.
        options: Further keywords of :class:`losskit.Objective`.

    Raises:
        TypeError: If the model is none of these.
        ValueError: If it already has a recipe, or a term of the recipe doesn't fit what its heads predict;
            the message says what would.
        losskit.RecipeError: If the recipe is wrong.
    """
    kind: type[Attachment]
    if isinstance(model, FasterRCNN):
        kind = TwoStageAttachment
    elif isinstance(model, (RetinaNet, FCOS, SSD)):
        kind = DenseAttachment
    else:
        raise TypeError(
            f"can't attach a recipe to {type(model).__name__}; expected FasterRCNN, RetinaNet, FCOS or SSD"
        )
    return kind(model, recipe, overrides, losses=losses, **options)
