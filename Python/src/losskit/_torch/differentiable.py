"""The step from head outputs to losses that autograd goes back from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import FunctionCtx

from losskit._torch.call import Call
from losskit._torch.tensors import buffer


class Differentiable(Function):
    """The weighted values of all terms, ``[terms]``.

    Forward computes the gradient of their sum by each prediction along with them. Backward multiplies it by
    what comes in. Where terms that read one prediction come in with different weights, their gradients are
    computed one by one, if they weren't before.
    """

    @staticmethod
    def forward(ctx: Any, call: Call, *predictions: Tensor | None) -> Tensor:
        ctx.set_materialize_grads(False)
        buffers = [
            buffer(tensor) if tensor is not None and needed else None
            for tensor, needed in zip(predictions, ctx.needs_input_grad[1:], strict=True)
        ]
        values = call.run(predictions, buffers)
        ctx.call = call
        # Read again where the terms of one prediction have to be told apart.
        again = predictions if call.shares_predictions and not call.term_buffers else ()
        ctx.save_for_backward(*buffers, *again)
        return values

    @staticmethod
    def backward(ctx: Any, *incoming: Tensor | None) -> Any:
        saved, call = ctx.saved_tensors, ctx.call
        if incoming[0] is None:
            return (None,) * (1 + len(call.readers))
        weights: list[float] = incoming[0].tolist()
        buffers, predictions = saved[: len(call.readers)], saved[len(call.readers) :]
        gradients = [
            gradient(call, index, found, weights, predictions)
            for index, found in enumerate(buffers)
        ]
        if torch.is_grad_enabled():
            gradients = [None if g is None else once(g) for g in gradients]
        return (None, *gradients)


def gradient(
    call: Call, index: int, total: Tensor | None, weights: Sequence[float],
    predictions: Sequence[Tensor | None],
) -> Tensor | None:  # fmt: skip
    """That by one prediction, in its own type and place; `total` is that of the sum of all terms."""
    if total is None:
        return None
    readers = call.readers[index]
    distinct = {weights[term] for term in readers}
    if len(distinct) > 1:
        parts = call.single_gradients(index, predictions)
        result = torch.zeros_like(total)
        for term, part in zip(readers, parts, strict=True):
            result.add_(part, alpha=weights[term])
    elif distinct <= {0.0}:
        return None
    else:
        (weight,) = distinct
        result = total if weight == 1 else total * weight
    return result.to(call.kinds[index][0]).to(call.kinds[index][1], non_blocking=True)


class Once(Function):
    """A gradient that can't be differentiated again."""

    @staticmethod
    def forward(ctx: FunctionCtx, gradient: Tensor, _: Tensor) -> Tensor:
        return gradient.view_as(gradient)

    @staticmethod
    def backward(ctx: Any, *incoming: Any) -> Any:
        raise NotImplementedError(
            "losskit has first derivatives alone: a gradient of its losses can't be differentiated; "
            "leave them out of what is differentiated twice"
        )


def once(gradient: Tensor) -> Tensor:
    """`gradient`, marked so that differentiating it raises instead of leaving out what isn't known."""
    marked: Tensor = Once.apply(gradient, torch.zeros((), requires_grad=True))  # type: ignore[no-untyped-call]
    return marked
