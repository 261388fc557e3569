"""A recipe in the place of a detection model's criterion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from losskit._objective import Objective, Recipe, Stage

SCORES = ("class", "class_quality", "objectness")
BOXES = ("box", "decoded_box", "distribution")


class Criterion:
    """What a detection model's loss is computed by: called with outputs of its head and a batch.

    Outputs are maps of each level, [images, 4 * bins + classes, h, w], alone or behind what is detected, as
    in evaluation, where nothing is moved on.

    Attributes:
        objective: The recipe, fitted to what the head puts out.
        names: The terms without their stage, in the order of the losses.
        step: How many training steps were evaluated; samplers draw otherwise in each.
        state: What the objective remembers.
    """

    def __init__(
        self,
        head: Any,
        recipe: Recipe,
        overrides: Mapping[str, Any] | None = None,
        *,
        losses: Iterable[Any] = (),
        **options: Any,
    ) -> None:
        losses = tuple(losses)
        self.strides = [float(stride) for stride in head.stride]
        self.bins, self.classes = int(head.reg_max), int(head.nc)
        asked = Objective(recipe, overrides, losses=losses, **options)
        settings = fitted(asked, self.strides, self.bins)
        self.objective = Objective(asked.recipe, settings, losses=losses, **options)
        self.names = tuple(term.name for term in self.objective.terms.values())
        self.step = 0
        self.state: dict[str, Any] = {}

    def __call__(self, outputs: Any, batch: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
        """The weighted terms times the number of images, as the trainer adds them up, and without."""
        trains = not isinstance(outputs, tuple)
        maps = outputs if trains else outputs[1]
        height, width = (round(side * self.strides[0]) for side in maps[0].shape[2:])
        losses = self.objective(
            self.predictions(maps),
            objects(batch, len(maps[0]), height, width),
            image_sizes=[(height, width)] * len(maps[0]),
            step=self.step,
            state=self.state,
        )
        if trains:
            self.step += 1
            self.state |= losses.state
        values = torch.stack([*losses.values()])
        return values * len(maps[0]), values.detach()

    def predictions(self, maps: Sequence[Tensor]) -> dict[str, Tensor]:
        """The tensors that the terms read."""
        result: dict[str, Tensor] = {}
        for level, tensor in enumerate(maps):
            boxes, scores = tensor.split((4 * self.bins, self.classes), 1)
            for term in self.objective.terms.values():
                result[term.predictions[level]] = scores if term.target in SCORES else boxes
        return result


def objects(batch: Mapping[str, Tensor], images: int, height: int, width: int) -> list[dict[str, Tensor]]:
    """The objects of each image, in pixels; a batch has centres and sides in shares of the image."""
    owners = batch["batch_idx"].view(-1)
    boxes = batch["bboxes"].float() * batch["bboxes"].new_tensor([width, height, width, height]).float()
    centers, halves = boxes[:, :2], boxes[:, 2:] / 2
    corners = torch.cat([centers - halves, centers + halves], dim=1)
    labels = batch["cls"].view(-1).long() + 1
    return [{"boxes": corners[owners == index], "labels": labels[owners == index]} for index in range(images)]


def fitted(asked: Objective, strides: Sequence[float], bins: int) -> dict[str, Any]:
    """The settings that make a recipe read what the head puts out.

    Raises:
        ValueError: Where it can't; the message says what would.
    """
    if len(asked.stages) != 1:
        raise ValueError(
            f"recipe {asked.name} has {len(asked.stages)} stages; the model has one, without proposals"
        )
    stage = next(iter(asked.stages.values()))
    if stage.priors != "points":
        raise ValueError(
            f"stage {stage.name} has priors {stage.priors}; the model predicts at points, with strides "
            f"{list(strides)}"
        )
    path = f"stages.{stage.name}"
    written = asked.recipe["stages"][stage.name]
    coder = {"type": "distances", "normalize": True}
    if isinstance(written["coder"], dict):
        coder |= written["coder"]
    if coder["type"] != "distances":
        raise ValueError(f"stage {stage.name} has the coder {coder['type']}; the model predicts distances")
    if bins > 1:
        coder |= {"bins": bins, "max": bins - 1}
    settings: dict[str, Any] = {f"{path}.priors.strides": list(strides), f"{path}.coder": coder}
    for term in stage.terms.values():
        settings |= reading(stage, term.name, term.target, len(strides))
    return settings


def reading(stage: Stage, name: str, target: str, levels: int) -> dict[str, Any]:
    """The settings of one term."""
    if target not in SCORES + BOXES:
        raise ValueError(
            f"term {stage.name}.{name} has the target {target}, for which the model predicts nothing; "
            f"expected one of {', '.join(SCORES + BOXES)}"
        )
    output = "scores" if target in SCORES else "boxes"
    path = f"stages.{stage.name}.terms.{name}"
    return {
        f"{path}.prediction": [f"{output}_{level}" for level in range(levels)],
        f"{path}.layout": "n (a c) h w",
    }
