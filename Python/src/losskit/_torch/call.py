"""One call of an objective: what is given beside the predictions, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from losskit import _call
from losskit._torch import tensors


class Call:
    """The arguments of an evaluation, and its outcome.

    Attributes:
        readers: For each prediction the indices of the terms that read it.
        kinds: The dtype and the device of each prediction.
        term_buffers: Where asked for, the gradients of single terms: for each term one a prediction.
    """

    def __init__(
        self,
        objective: Any,
        predictions: Sequence[Tensor | None],
        batch: Any,
        *,
        targets: Any,
        state: Mapping[str, float] | None,
        share: Callable[[list[float]], list[float]] | None,
        term_gradients: bool,
    ) -> None:
        self.objective = objective
        self.batch = batch
        self.targets = targets
        self.state = state
        self.share = share
        self.readers = readers(objective)
        self.kinds = [None if t is None else (t.dtype, t.device) for t in predictions]
        self.term_buffers = self.room(predictions, self.readers) if term_gradients else []
        self.outcome: _call.Outcome | None = None

    @property
    def shares_predictions(self) -> bool:
        """Whether some prediction is read by several terms."""
        return any(len(terms) > 1 for terms in self.readers)

    def run(
        self, predictions: Sequence[Tensor | None], buffers: Sequence[Tensor | None]
    ) -> Tensor:
        """Evaluates; writes the gradient of the total to `buffers`, and gives the weighted values."""
        self.outcome = self.evaluate(predictions, buffers, self.term_buffers)
        dtype, device = next(kind for kind in self.kinds if kind is not None)
        return torch.tensor(
            [term[0] * term[1] for term in self.outcome.terms],
            dtype=dtype if dtype == torch.float64 else torch.float32,
            device=device,
        )

    def single_gradients(
        self, index: int, predictions: Sequence[Tensor | None]
    ) -> list[Tensor]:
        """The gradients by a prediction of the terms that read it."""
        if not self.term_buffers:
            shared = [terms if len(terms) > 1 else [] for terms in self.readers]
            self.term_buffers = self.room(predictions, shared)
            self.evaluate(predictions, [], self.term_buffers)
        found = [self.term_buffers[term][index] for term in self.readers[index]]
        return [part for part in found if part is not None]

    def state_after(self) -> Any:
        """The running means to give to the next step."""
        assert self.outcome is not None
        return self.outcome.state

    def named_term_gradients(self) -> dict[str, dict[str, Tensor]]:
        """The gradients of single terms, if they were asked for."""
        names = self.objective.predictions
        return {
            term: {name: part for name, part in zip(names, row, strict=True) if part is not None}
            for term, row in zip(self.objective.terms, self.term_buffers, strict=False)
        }

    def room(
        self, predictions: Sequence[Tensor | None], readers: Sequence[Sequence[int]]
    ) -> list[list[Tensor | None]]:
        """Buffers for the gradients of single terms."""
        return [
            [
                tensors.buffer(tensor) if tensor is not None and term in terms else None
                for tensor, terms in zip(predictions, readers, strict=True)
            ]
            for term in range(len(self.objective.terms))
        ]

    def evaluate(
        self,
        predictions: Sequence[Tensor | None],
        buffers: Sequence[Tensor | None],
        term_buffers: Sequence[Sequence[Tensor | None]],
    ) -> _call.Outcome:
        """The call into the library."""
        cpu = tensors.on_cpu(predictions)
        return _call.evaluate(
            self.objective,
            [tensors.view(tensor) for tensor in cpu],
            self.batch,
            targets=self.targets,
            gradients=pointers(buffers),
            term_gradients=pointers([t for row in term_buffers for t in row]),
            state=self.state,
            share=self.share,
        )


def readers(objective: Any) -> list[list[int]]:
    """For each prediction of an objective the indices of the terms that read it."""
    terms = list(objective.terms.values())
    return [
        [index for index, term in enumerate(terms) if name in term.predictions]
        for name in objective.predictions
    ]


def pointers(buffers: Sequence[Tensor | None]) -> list[int] | None:
    """Where the buffers lie, 0 for none."""
    return [0 if buffer is None else buffer.data_ptr() for buffer in buffers] or None
