"""What of a recipe follows from the model that it is attached to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from losskit._objective import Objective, Stage, Term


@dataclass(frozen=True)
class Output:
    """What a head puts out.

    Attributes:
        name: What it is called.
        layout: Its axes.
        columns: How many numbers a prior has, or a class of it; ``None`` for as many as there are classes.
        module: Where in the model it is made, for messages.
        levels: How many tensors it has, called by the name and a number; 0 for one called by the name.
    """

    name: str
    layout: str
    columns: int | None
    module: str
    levels: int = 0

    @property
    def names(self) -> list[str]:
        """The names of its tensors, under which a recipe reads them."""
        return [f"{self.name}_{level}" for level in range(self.levels)] or [self.name]


@dataclass(frozen=True)
class ModelStage:
    """A stage of a model.

    Attributes:
        outputs: Its tensors, by the target of the terms that read them.
        settings: What a recipe's stage has to say of coder and priors.
    """

    outputs: Mapping[str, Output]
    settings: Mapping[str, Any]


def fitted(objective: Objective, model: str, stages: Sequence[ModelStage]) -> dict[str, Any]:
    """The settings that make a recipe read what a model puts out, by path.

    Raises:
        ValueError: If it can't, with what would fit.
    """
    if len(objective.stages) != len(stages):
        raise ValueError(
            f'recipe "{objective.name}" has {counted(len(objective.stages), "stage")} '
            f"({', '.join(objective.stages)}), {model} has {len(stages)}; "
            "attach a recipe for such a model"
        )
    settings: dict[str, Any] = {}
    for stage, made in zip(objective.stages.values(), stages, strict=True):
        for key, value in made.settings.items():
            settings[f"stages.{stage.name}.{key}"] = value
        for term in stage.terms.values():
            for key, value in term_settings(term, model, stage, made.outputs).items():
                settings[f"stages.{stage.name}.terms.{term.name}.{key}"] = value
    return settings


def term_settings(term: Term, model: str, stage: Stage, outputs: Mapping[str, Output]) -> dict[str, Any]:
    """The settings of one term."""
    place = f"stage {stage.name}, term {term.name}"
    output = outputs.get(term.target)
    if output is None:
        raise ValueError(
            f'{place}: has the target "{term.target}", but {model} predicts for this stage only '
            f"{' and '.join(sorted({o.name for o in outputs.values()}))}, for the targets "
            f"{', '.join(outputs)}; leave the term out by a recipe that extends this one and sets it to null"
        )
    needed = term.columns if term.class_columns is None else term.class_columns
    if output.columns is not None and needed is not None and needed != output.columns:
        hint = (
            "take a loss on single bits, such as bce_with_logits or sigmoid_focal"
            if term.target == "objectness"
            else f"take a target with {counted(output.columns, 'column')}"
        )
        raise ValueError(
            f"{place}: {term.loss} reads {counted(needed, 'column')} a prior, but {output.module} puts out "
            f"{output.columns}; {hint}"
        )
    settings: dict[str, Any] = {"prediction": output.names, "layout": output.layout}
    if term.target == "class" or output.columns is None:
        # A label is the column of its number.
        settings["background"] = "first"
    return settings


def counted(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
