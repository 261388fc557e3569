"""The step from head outputs to losses that autograd goes back from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from losskit._torch.call import Call
from losskit._torch.tensors import buffer


class Differentiable(Function):
    """The total, and the weighted value of each term.

    Forward computes the gradient of the total by each prediction along with them, or where asked that of each
    term. Backward multiplies it by what comes in. Where terms that read one prediction come in with different
    weights, their gradients are computed one by one, if they weren't before.
    """

    @staticmethod
    def forward(ctx: Any, call: Call, by_term: bool, *predictions: Tensor | None) -> tuple[Tensor, ...]:
        ctx.set_materialize_grads(False)
        ctx.call = call
        ctx.kinds = [None if t is None else (t.dtype, t.device) for t in predictions]
        if by_term:
            ctx.save_for_backward()
            return call.run_by_term(predictions)
        needed = ctx.needs_input_grad[2:]
        buffers = [
            buffer(tensor) if tensor is not None and needed[index] else None
            for index, tensor in enumerate(predictions)
        ]
        found = call.run(predictions, buffers)
        # Predictions are read again where the terms of one have to be told apart.
        ctx.save_for_backward(*buffers, *(predictions if call.shares_predictions else ()))
        return found

    @staticmethod
    def backward(ctx: Any, *incoming: Tensor | None) -> Any:
        call, kinds = ctx.call, ctx.kinds
        total, *weights = [0.0 if tensor is None else tensor.item() for tensor in incoming]
        weights = [total + weight for weight in weights]
        saved = ctx.saved_tensors
        totals, predictions = saved[: len(kinds)] or (None,) * len(kinds), saved[len(kinds) :]
        gradients: list[Tensor | None] = []
        for index, kind in enumerate(kinds):
            found = None
            if ctx.needs_input_grad[2 + index]:
                found = gradient(call, index, totals[index], weights, predictions)
            if found is not None:
                found = found.to(kind[1], kind[0], non_blocking=True)
                found = once(found) if torch.is_grad_enabled() else found
            gradients.append(found)
        return (None, None, *gradients)


def gradient(
    call: Call, index: int, total: Tensor | None, weights: Sequence[float],
    predictions: Sequence[Tensor | None],
) -> Tensor | None:  # fmt: skip
    """That by one prediction; `total` is that of the sum of all terms, ``None`` where each is kept."""
    found = [weights[term] for term in call.objective.readers[index]]
    if not any(found):
        return None
    if total is None or len(set(found)) > 1:
        parts = call.single_gradients(index, predictions)
        result = parts[0] * found[0]
        for weight, part in zip(found[1:], parts[1:], strict=True):
            result.add_(part, alpha=weight)
        return result
    return total if found[0] == 1 else total * found[0]


class Once(Function):
    """A gradient that can't be differentiated again."""

    @staticmethod
    def forward(ctx: Any, gradient: Tensor, _: Tensor) -> Tensor:
        return gradient.view_as(gradient)

    @staticmethod
    def backward(ctx: Any, *incoming: Any) -> Any:
        raise NotImplementedError(
            "losskit has first derivatives alone: a gradient of its losses can't be differentiated; "
            "leave them out of what is differentiated twice"
        )


def once(gradient: Tensor) -> Tensor:
    """`gradient`, marked so that differentiating it raises instead of leaving out what isn't known."""
    marked: Tensor = Once.apply(gradient, torch.zeros((), requires_grad=True))
    return marked
