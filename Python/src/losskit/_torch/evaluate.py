"""What an objective does with tensors of PyTorch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from losskit._batch import Batch
from losskit._losses import Losses, assemble
from losskit._objective import Targets
from losskit._torch import distributed, operator
from losskit._torch.call import Call
from losskit._torch.differentiable import Differentiable
from losskit._torch.tensors import ordered


def evaluate(
    objective: Any,
    predictions: Mapping[str, Tensor],
    targets: Any,
    *,
    image_sizes: Any = None,
    step: int = 0,
    proposals: Sequence[Any] | None = None,
    samples: Mapping[str, Any] | None = None,
    state: Mapping[str, float] | None = None,
    gradients: bool = True,
    term_gradients: bool = False,
) -> Losses[Tensor]:
    """:meth:`losskit.Objective.__call__` where predictions are tensors.

    The gradient is computed along with the losses if a prediction asks for it, and kept for ``backward``.
    """
    given = ordered(objective, predictions)
    if torch.compiler.is_compiling():
        if isinstance(targets, Targets) or proposals or samples or state or term_gradients:
            raise NotImplementedError(
                "losskit: within torch.compile an objective takes predictions, targets, image_sizes and step "
                "alone; for more call it in a function marked with torch.compiler.disable"
            )
        return operator.evaluate(objective, given, targets, image_sizes, step)
    refuse_transforms()
    kept = targets if isinstance(targets, Targets) else None
    batch = None
    if kept is None:
        batch = Batch(targets, image_sizes, proposals=proposals, samples=samples, step=step)
    differentiates = (
        gradients
        and torch.is_grad_enabled()
        and any(tensor is not None and tensor.requires_grad for tensor in given)
    )
    call = Call(
        objective,
        given,
        batch,
        targets=kept,
        state=objective.state if state is None else state,
        share=distributed.share(objective) if differentiates else None,
        term_gradients=term_gradients,
    )
    values: Tensor
    if differentiates:
        values = Differentiable.apply(call, *given)  # type: ignore[no-untyped-call]
    else:
        values = call.run(given, [])
    assert call.outcome is not None
    if state is None:
        objective.remember(call.outcome.state)
    return assemble(
        objective, call.outcome, dict(zip(objective.terms, values.unbind(), strict=True)),
        total=values.sum(), term_gradients=call.named_term_gradients(),
    )  # fmt: skip


def refuse_transforms() -> None:
    """Raises within `torch.func.grad`, `vmap` and the like, which don't see what the library computes."""
    functorch = getattr(torch._C, "_functorch", None)
    inside = getattr(functorch, "peek_interpreter_stack", lambda: None)
    if inside() is not None:
        raise NotImplementedError(
            "losskit can't be transformed by torch.func (grad, vmap, jvp, …); "
            "call the objective outside of it, and backward() on what it gives"
        )
