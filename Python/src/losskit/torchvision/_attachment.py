"""What a model with a recipe has in common, one stage or two."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from losskit._losses import Losses
from losskit._objective import Objective, Recipe
from losskit.torchvision._fit import ModelStage, fitted

Level = tuple[int, float]
KEPT = 16


class Attachment:
    """A recipe attached to a model.

    Attributes:
        model: The model.
        objective: The recipe, fitted to what the model puts out.
        step: How many training steps were evaluated; samplers draw otherwise in each. Set it to go on
            from a checkpoint.
        state: What the objectives remember.
        positives: How many priors counted as positive for each term in the last step.
        gradient_norms: The norm of each term's gradient in the last step; 0 where none was computed.
        samples: By stage which priors a recorded draw took, for the sampler ``recorded``; ``None`` where
            the recipe draws.
    """

    def __init__(
        self,
        model: Any,
        recipe: Recipe,
        overrides: Mapping[str, Any] | None,
        *,
        losses: Iterable[Any],
        **options: Any,
    ) -> None:
        if hasattr(model, "losskit_attachment"):
            raise ValueError("the model has a recipe already; detach() that one first")
        losses = tuple(losses)
        asked = Objective(recipe, overrides, losses=losses, **options)
        settings = fitted(asked, type(model).__name__, self.stages(model))
        self.model = model
        self.objective = Objective(asked.recipe, settings, losses=losses, **options)
        self.step = 0
        self.state: dict[str, Any] = {}
        self.samples: Mapping[str, Any] | None = None
        # Numbers alone: a loss would keep the graph of its step.
        self.positives: dict[str, int] = {}
        self.gradient_norms: dict[str, float] = {}
        self._fitted: OrderedDict[tuple[Level, ...], tuple[Tensor, Objective]] = OrderedDict()
        model.losskit_attachment = self
        self.begin()

    def stages(self, model: Any) -> list[ModelStage]:
        """The stages of the model."""
        raise NotImplementedError

    def begin(self) -> None:
        """Puts this in the place of the model's losses."""
        raise NotImplementedError

    def end(self) -> None:
        """Puts the model's losses back."""
        raise NotImplementedError

    def detach(self) -> nn.Module:
        """Takes the recipe away; the model has its own losses again."""
        self.end()
        del self.model.losskit_attachment
        model: nn.Module = self.model
        return model

    def on_anchors(self, anchors: Tensor, levels: Sequence[Level]) -> Objective:
        """The objective with a model's anchors as the priors of its first stage; kept for the next batch."""
        key = tuple(levels)
        kept = self._fitted.get(key)
        if kept is not None and torch.equal(kept[0], anchors):
            self._fitted.move_to_end(key)
            return kept[1]
        stage = next(iter(self.objective.stages))
        made = self.objective.with_priors(stage, anchors.detach().float().cpu().numpy(), key)
        self._fitted[key] = (anchors, made)
        if len(self._fitted) > KEPT:
            self._fitted.popitem(last=False)
        return made

    def keep(self, losses: Losses[Tensor], stage: str) -> dict[str, Tensor]:
        """The terms of a stage, whose further numbers are remembered."""
        self.state |= losses.state
        terms = {path: loss for path, loss in losses.items() if self.objective.terms[path].stage == stage}
        for path in terms:
            self.positives[path] = losses.counts[path].positives
            self.gradient_norms[path] = losses.gradient_norms.get(path, 0.0)
        return terms


def strides(padded: Sequence[int], maps: Sequence[Tensor]) -> list[float]:
    """Pixels between two rows of each feature map, as torchvision's anchors have it."""
    return [float(padded[-2] // level.shape[-2]) for level in maps]


def levels(maps: Sequence[Tensor], per_cell: Sequence[int], strides: Sequence[float]) -> list[Level]:
    """The number of anchors and the stride of each level."""
    return [
        (int(level.shape[-2] * level.shape[-1] * count), stride)
        for level, count, stride in zip(maps, per_cell, strides, strict=True)
    ]


def coder(weights: Sequence[float]) -> dict[str, Any]:
    """Torchvision's box coder as a recipe has it."""
    return {"type": "delta_xywh", "stds": [1 / weight for weight in weights]}
