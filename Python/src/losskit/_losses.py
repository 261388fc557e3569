"""What an evaluation comes to."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from losskit._call import Outcome, State
    from losskit._objective import Objective

Value = TypeVar("Value")


class Counts(NamedTuple):
    """What was counted for a term, over all images.

    Attributes:
        positives: Priors that count and are matched to an object.
        negatives: Priors that count as background.
        ignored: All other priors.
        divisors: What the sum of each image was divided by.
    """

    positives: int
    negatives: int
    ignored: int
    divisors: tuple[float, ...]


class Losses(dict[str, Value]):
    """The weighted value of each term, by ``"stage.term"``; their sum is the total.

    Attributes:
        total: The objective: the sum over terms of weight times value.
        unweighted: The value of each term before its weight.
        counts: What was counted for each term.
        gradients: The gradient of the total by each prediction, by its name; empty if none was asked for.
        term_gradients: For each term the gradient of its weighted value by each prediction that it reads;
            empty if none was asked for.
        gradient_norms: The Euclidean norm of each weighted term's gradient; empty if none was asked for.
        positive_gradient_norms: The norm of the part of it that comes from positives.
        negative_gradient_norms: The norm of the part of it that comes from background.
        state: What the objective remembers after this step: by term the running mean of its normalizer, and
            by the term and ``.loss`` the numbers that its loss remembers.
        skipped: Why the loss is zero, where ``on_nonfinite="skip"`` made it so; else ``None``.
    """

    total: Value

    def __init__(self, values: Iterable[tuple[str, Value]], total: Value) -> None:
        super().__init__(values)
        self.total = total
        self.unweighted: dict[str, float] = {}
        self.counts: dict[str, Counts] = {}
        self.gradients: dict[str, Any] = {}
        self.term_gradients: dict[str, dict[str, Any]] = {}
        self.gradient_norms: dict[str, float] = {}
        self.positive_gradient_norms: dict[str, float] = {}
        self.negative_gradient_norms: dict[str, float] = {}
        self.state: State = {}
        self.skipped: str | None = None


def assemble(
    objective: Objective,
    outcome: Outcome,
    values: Sequence[Value],
    total: Value,
    *,
    gradients: Mapping[str, Any] | None = None,
    term_gradients: Mapping[str, Mapping[str, Any]] | None = None,
) -> Losses[Value]:
    """Losses of an outcome; ``values`` are those of the weighted terms, in the order of the terms."""
    losses = Losses(zip(objective.terms, values), total)
    losses.gradients = dict(gradients or {})
    losses.term_gradients = {path: dict(term) for path, term in (term_gradients or {}).items()}
    losses.skipped = outcome.skipped
    losses.state = outcome.state
    for path, term, divisors in zip(objective.terms, outcome.terms, outcome.divisors):
        losses.unweighted[path] = term.value
        losses.counts[path] = Counts(term.positives, term.negatives, term.ignored, divisors)
        if not math.isnan(term.gradient_norm):
            losses.gradient_norms[path] = term.gradient_norm
            losses.positive_gradient_norms[path] = term.positive_gradient_norm
            losses.negative_gradient_norms[path] = term.negative_gradient_norm
    return losses
