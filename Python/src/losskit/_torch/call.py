"""One call of an objective: what is given beside the predictions, and what comes of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from losskit import _call
from losskit._torch import tensors

if TYPE_CHECKING:
    from losskit._batch import Batch
    from losskit._objective import Objective
    from losskit._targets import Targets

Buffers = Sequence[Tensor | None]


class Call:
    """The arguments of an evaluation, and its outcome.

    Attributes:
        term_buffers: The gradients of single terms, for each term one a prediction; empty if they aren't
            wanted, or not yet.
        outcome: What the library said of the evaluation.
    """

    def __init__(
        self,
        objective: Objective,
        batch: Batch | None,
        targets: Targets | None,
        *,
        state: Mapping[str, Any],
        average: Callable[[float], float] | None,
    ) -> None:
        self.objective = objective
        self.batch = batch
        self.targets = targets
        self.state = _call.checked_state(objective, state)
        self.average = average
        self.term_buffers: list[Buffers] = []
        self.outcome: _call.Outcome | None = None

    @property
    def shares_predictions(self) -> bool:
        """Whether some prediction is read by several terms."""
        return any(len(terms) > 1 for terms in self.objective.readers)

    def run(self, predictions: Buffers, buffers: Buffers = ()) -> tuple[Tensor, ...]:
        """Evaluates, and writes the gradient of the total to `buffers`.

        Returns:
            The total, and the weighted value of each term.
        """
        self.outcome = outcome = self._evaluate(predictions, gradients=pointers(buffers))
        return self._values(outcome, predictions)

    def run_by_term(self, predictions: Buffers) -> tuple[Tensor, ...]:
        """Evaluates as :meth:`run` does, and keeps the gradients of single terms."""
        self.term_buffers = self._room(predictions, self.objective.readers)
        found = [buffer for row in self.term_buffers for buffer in row]
        self.outcome = outcome = self._evaluate(predictions, term_gradients=pointers(found))
        return self._values(outcome, predictions)

    def single_gradients(self, index: int, predictions: Buffers) -> list[Tensor]:
        """The gradients by a prediction of the terms that read it."""
        if not self.term_buffers:
            shared = [terms if len(terms) > 1 else [] for terms in self.objective.readers]
            self.term_buffers = self._room(predictions, shared)
            found = [buffer for row in self.term_buffers for buffer in row]
            self._evaluate(predictions, term_gradients=pointers(found))
        parts = [self.term_buffers[term][index] for term in self.objective.readers[index]]
        return [part for part in parts if part is not None]

    def _room(self, predictions: Buffers, readers: Sequence[Sequence[int]]) -> list[Buffers]:
        return [
            [
                tensors.buffer(tensor) if tensor is not None and term in terms else None
                for tensor, terms in zip(predictions, readers, strict=True)
            ]
            for term in range(len(self.objective.terms))
        ]

    def _evaluate(
        self,
        predictions: Buffers,
        gradients: list[int] | None = None,
        term_gradients: list[int] | None = None,
    ) -> _call.Outcome:
        # The copies, if they are any, must outlive the call.
        read = tensors.on_cpu(predictions)
        return _call.evaluate(
            self.objective,
            [tensors.view(tensor) for tensor in read],
            self.batch,
            targets=self.targets,
            gradients=gradients,
            term_gradients=term_gradients,
            state=self.state,
            average=self.average,
        )

    def _values(self, outcome: _call.Outcome, predictions: Buffers) -> tuple[Tensor, ...]:
        numbers = [term.weight * term.value for term in outcome.terms]
        first = next(tensor for tensor in predictions if tensor is not None)
        dtype = torch.float64 if first.dtype == torch.float64 else torch.float32
        # A tensor each: views of one couldn't be changed in place.
        return tuple(
            [
                torch.scalar_tensor(number, dtype=dtype, device=first.device)
                for number in (math.fsum(numbers), *numbers)
            ]
        )


def pointers(buffers: Buffers) -> list[int] | None:
    """Where the buffers lie, 0 for none."""
    return [0 if buffer is None else buffer.data_ptr() for buffer in buffers] or None
