"""An objective as an operator that `torch.compile` puts into its graph whole.

The gradient by each prediction is an output of the operator, one for each term that reads it, so that the
backward pass is products and sums that the compiler sees.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import torch
from torch import Tensor

from losskit._batch import Batch
from losskit._losses import Losses
from losskit._targets import Targets
from losskit._torch import distributed
from losskit._torch.call import Call
from losskit._torch.tensors import ordered

if TYPE_CHECKING:
    from losskit._objective import Objective

OBJECTIVES: WeakValueDictionary[int, Any] = WeakValueDictionary()


def evaluate_in_graph(
    objective: Objective,
    predictions: Mapping[str, Tensor],
    targets: Any,
    image_sizes: Any,
    step: int,
    others: Mapping[str, Any],
) -> Losses[Tensor]:
    """What a call of the objective comes to within a graph, where counts and norms aren't known.

    Raises:
        NotImplementedError: If one of the other arguments is given.
    """
    given = [name for name, value in others.items() if value] + ["targets"] * isinstance(targets, Targets)
    if given:
        raise NotImplementedError(
            f"losskit: within torch.compile an objective can't take {', '.join(given)}; "
            "call it in a function marked with torch.compiler.disable"
        )
    tensors = ordered(objective, predictions)
    there = [tensor for tensor in tensors if tensor is not None]
    outputs = _evaluate(
        there,
        [tensor is not None for tensor in tensors],
        torch.cat([target["boxes"] for target in targets]),
        torch.cat([target["labels"] for target in targets]),
        [len(target["labels"]) for target in targets],
        [int(side) for size in image_sizes for side in size],
        key(objective),
        step,
        torch.is_grad_enabled() and any(tensor.requires_grad for tensor in there),
    )
    values = outputs[0]
    return Losses(list(zip(objective.terms, values.unbind())), values.sum())


@torch.compiler.assume_constant_result  # type: ignore[untyped-decorator]
def key(objective: Objective) -> int:
    """A number that leads to the objective."""
    OBJECTIVES[id(objective)] = objective
    return id(objective)


@torch.library.custom_op("losskit::evaluate", mutates_args=())
def _evaluate(
    predictions: Sequence[Tensor],
    present: Sequence[bool],
    boxes: Tensor,
    labels: Tensor,
    counts: Sequence[int],
    sizes: Sequence[int],
    objective: int,
    step: int,
    differentiates: bool,
) -> list[Tensor]:
    """The weighted values of all terms, and after them the gradients of :func:`pairs`, in order."""
    used = OBJECTIVES[objective]
    given = spread(predictions, present)
    batch = Batch(
        [
            {"boxes": b, "labels": n}
            for b, n in zip(boxes.split(list(counts)), labels.split(list(counts)), strict=True)
        ],
        list(zip(sizes[::2], sizes[1::2], strict=True)),
        step=step,
    )
    call = Call(
        used, batch, None, state=used.state,
        average=distributed.averaging(used) if differentiates else None,
    )  # fmt: skip
    _, *found = call.run_by_term(given) if differentiates else call.run(given)
    values = torch.stack(found)
    assert call.outcome is not None
    used.move_on(call.outcome.state)
    if not differentiates:
        return [values]
    buffers = [call.term_buffers[term][place] for term, place in pairs(used, present)]
    return [values, *(g.to(values.device) for g in buffers if g is not None)]


@_evaluate.register_fake
def _(
    predictions: Sequence[Tensor], present: Sequence[bool], boxes: Tensor, labels: Tensor,
    counts: Sequence[int], sizes: Sequence[int], objective: int, step: int, differentiates: bool,
) -> list[Tensor]:  # fmt: skip
    used = OBJECTIVES[objective]
    first = predictions[0]
    dtype = first.dtype if first.dtype == torch.float64 else torch.float32
    values = first.new_empty(len(used.terms), dtype=dtype)
    if not differentiates:
        return [values]
    given = spread(predictions, present)
    like = [given[place] for _, place in pairs(used, present)]
    return [values, *(values.new_empty(tensor.shape) for tensor in like if tensor is not None)]


def remember_gradients(ctx: Any, inputs: tuple[Any, ...], output: list[Tensor]) -> None:
    """Keeps what backward needs."""
    ctx.present, ctx.objective = inputs[1], inputs[6]
    ctx.dtypes = [tensor.dtype for tensor in inputs[0]]
    ctx.save_for_backward(*output[1:])


def backward(ctx: Any, incoming: Sequence[Tensor | None]) -> tuple[Any, ...]:
    """The gradient by each prediction that is there."""
    weights = incoming[0]
    sums: dict[int, Tensor] = {}
    if weights is not None:
        found = pairs(OBJECTIVES[ctx.objective], ctx.present)
        for (term, place), gradient in zip(found, ctx.saved_tensors, strict=True):
            part = weights[term] * gradient
            sums[place] = sums[place] + part if place in sums else part
    places = [place for place, there in enumerate(ctx.present) if there]
    gradients = [
        sums[place].to(dtype) if place in sums else None
        for place, dtype in zip(places, ctx.dtypes, strict=True)
    ]
    return (gradients, *(None,) * 8)


_evaluate.register_autograd(backward, setup_context=remember_gradients)


def spread(tensors: Sequence[Tensor], present: Sequence[bool]) -> list[Tensor | None]:
    """The tensors at their places among all predictions."""
    left = iter(tensors)
    return [next(left) if there else None for there in present]


def pairs(objective: Objective, present: Sequence[bool]) -> list[tuple[int, int]]:
    """Each term with each prediction that it reads and that is there, by their indices."""
    return [
        (term, place) for place, terms in enumerate(objective.readers) if present[place] for term in terms
    ]
