"""What an objective does with tensors of PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from losskit._losses import Losses, assemble
from losskit._torch import distributed
from losskit._torch.call import Call
from losskit._torch.differentiable import Differentiable
from losskit._torch.tensors import ordered

if TYPE_CHECKING:
    from losskit._batch import Batch
    from losskit._objective import Objective
    from losskit._targets import Targets


def evaluate(
    objective: Objective,
    predictions: Mapping[str, Tensor],
    batch: Batch | None,
    targets: Targets | None,
    *,
    state: Mapping[str, Any] | None,
    term_gradients: bool,
) -> Losses[Tensor]:
    """What a call of the objective comes to.

    The gradient is computed along with the losses if a prediction asks for one, and kept for ``backward``.
    """
    given = ordered(objective, predictions)
    differentiates = torch.is_grad_enabled() and any(
        tensor is not None and tensor.requires_grad for tensor in given
    )
    call = Call(
        objective,
        batch,
        targets,
        state=objective.state if state is None else state,
        average=distributed.averaging(objective) if differentiates else None,
    )
    if differentiates:
        total, *values = Differentiable.apply(call, term_gradients, *given)
    else:
        total, *values = call.run(given)
    assert call.outcome is not None
    if state is None:
        objective.move_on(call.outcome.state)
    return assemble(objective, call.outcome, values, total, term_gradients=by_term(call))


def by_term(call: Call) -> dict[str, dict[str, Tensor]]:
    """The gradients of single terms, if they were asked for."""
    names = call.objective.predictions
    return {
        path: {name: part for name, part in zip(names, row, strict=True) if part is not None}
        for path, row in zip(call.objective.terms, call.term_buffers)
    }


def refuse_transforms() -> None:
    """Raises within `torch.func.grad`, `vmap` and the like, which don't see what the library computes."""
    functorch = getattr(torch._C, "_functorch", None)
    inside = getattr(functorch, "peek_interpreter_stack", None)
    if inside is not None and inside() is not None:
        raise NotImplementedError(
            "losskit can't be transformed by torch.func (grad, vmap, jvp, …); "
            "call the objective outside of it, and backward() on what it gives"
        )
