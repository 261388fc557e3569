"""What an evaluation comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True)
class Counts:
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
        values_unweighted: The value of each term before its weight.
        counts: What was counted for each term.
        gradients: The gradient of the total by each prediction, by its name; empty if none was asked for.
        term_gradients: For each term the gradient of its weighted value by each prediction that it reads;
            empty if none was asked for.
        gradient_norms: The Euclidean norm of each weighted term's gradient; empty if none was asked for.
        positive_gradient_norms: The norm of the part of it that comes from positives.
        negative_gradient_norms: The norm of the part of it that comes from background.
        state: The running means of normalizers after this step, by term; to be passed to the next.
        skipped: Why the loss is zero, where ``on_nonfinite="skip"`` made it so; else ``None``.
    """

    total: Value

    def __init__(
        self,
        values: Mapping[str, Value],
        *,
        total: Value,
        unweighted: Mapping[str, float],
        counts: Mapping[str, Counts],
        gradients: Mapping[str, Any] | None = None,
        term_gradients: Mapping[str, Mapping[str, Any]] | None = None,
        gradient_norms: Mapping[str, float] | None = None,
        positive_gradient_norms: Mapping[str, float] | None = None,
        negative_gradient_norms: Mapping[str, float] | None = None,
        state: Mapping[str, float] | None = None,
        skipped: str | None = None,
    ) -> None:
        super().__init__(values)
        self.total = total
        self.unweighted = dict(unweighted)
        self.counts = dict(counts)
        self.gradients = dict(gradients or {})
        self.term_gradients = {name: dict(term) for name, term in (term_gradients or {}).items()}
        self.gradient_norms = dict(gradient_norms or {})
        self.positive_gradient_norms = dict(positive_gradient_norms or {})
        self.negative_gradient_norms = dict(negative_gradient_norms or {})
        self.state = dict(state or {})
        self.skipped = skipped
