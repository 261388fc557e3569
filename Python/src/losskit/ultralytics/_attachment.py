"""Where a criterion is put: a model, or what trains one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from losskit._objective import Objective, Recipe
from losskit.ultralytics._criterion import Criterion


class Attachment:
    """A recipe attached to a model, or to what trains one.

    Attributes:
        criterion: The recipe fitted to the model; ``None`` before a training has begun that makes its model
            itself.
    """

    def __init__(self, owner: Any, make: Any) -> None:
        self.owner = owner
        self.criterion: Criterion | None = None
        self._make = make
        self._attached: list[tuple[Any, Any]] = []

    def put(self, model: Any) -> None:
        """Puts the criterion into a model."""
        if self.criterion is None:
            self.criterion = self._make(detection_head(model))
        self._attached.append((model, getattr(model, "criterion", None)))
        model.criterion = self.criterion

    def begin(self, trainer: Any) -> None:
        """Puts the criterion into a trainer's model and its average, and has the trainer name the terms."""
        self.put(unwrapped(trainer.model))
        assert self.criterion is not None
        if getattr(trainer, "ema", None) is not None:
            self.put(unwrapped(trainer.ema.ema))
        trainer.loss_names = self.criterion.names

    def detach(self) -> Any:
        """Gives models their criterion back; a trainer that hasn't begun trains on its own loss."""
        for model, criterion in reversed(self._attached):
            model.criterion = criterion
        self._attached = []
        callbacks = getattr(self.owner, "callbacks", {}).get("on_train_start", [])
        if self.begin in callbacks:
            callbacks.remove(self.begin)
        return self.owner


def attach(
    model: Any,
    recipe: Recipe,
    overrides: Mapping[str, Any] | None = None,
    *,
    losses: Iterable[Any] = (),
    **options: Any,
) -> Attachment:
    """Gives a detector of ultralytics another training objective.

    Assigner, sampler, targets, losses, weights and normalizers are the recipe's. What detections depend on is
    the model's: its strides, its bins, and which column is which class. As in ultralytics, the total is
    multiplied by the number of images.

    Args:
        model: A ``YOLO``, a ``DetectionTrainer`` or a ``DetectionModel``. With the first two it takes effect
            as a training begins, in the process that trains: those that ultralytics starts for several
            devices know nothing of it.
        recipe: A name, a file or a mapping, as for :class:`losskit.Objective`.
        overrides: Values by path, such as ``{"stages.yolov8.terms.yolov8_box.loss": "giou"}``.
        losses: Losses of one's own that the recipe may name.
        options: Further keywords of :class:`losskit.Objective`.

    Raises:
        TypeError: If the model is none of these, or predicts more than boxes and classes.
        ValueError: If the recipe doesn't fit what the head predicts; the message says what would.
        losskit.RecipeError: If the recipe is wrong.
    """
    losses = tuple(losses)
    # What is wrong with the recipe alone is told here, not when a training begins.
    Objective(recipe, overrides, losses=losses, **options)

    def make(head: Any) -> Criterion:
        return Criterion(head, recipe, overrides, losses=losses, **options)

    attached = Attachment(model, make)
    if hasattr(model, "add_callback"):
        model.add_callback("on_train_start", attached.begin)
    else:
        attached.put(unwrapped(model))
    return attached


def unwrapped(model: Any) -> Any:
    """The model within a compiled or a distributed one."""
    while hasattr(model, "_orig_mod") or (hasattr(model, "module") and not hasattr(model, "yaml")):
        model = model._orig_mod if hasattr(model, "_orig_mod") else model.module
    return model


def detection_head(model: Any) -> Any:
    """The head of a detection model.

    Raises:
        TypeError: If it has none, or one that predicts more.
    """
    head = model.model[-1] if hasattr(model, "model") and hasattr(model.model, "__getitem__") else None
    if type(head).__name__ != "Detect" or getattr(head, "end2end", False):
        raise TypeError(
            f"can't attach a recipe to {type(model).__name__} with the head {type(head).__name__}; expected "
            "a DetectionModel whose head is Detect, with one set of predictions"
        )
    return head
