"""Evaluation on arrays of NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from losskit import _arrays, _call
from losskit._call import View
from losskit._losses import Losses, assemble

if TYPE_CHECKING:
    from losskit._batch import Batch
    from losskit._objective import Objective
    from losskit._targets import Targets

_TYPES = {
    np.dtype(np.float32): _call.FLOAT32,
    np.dtype(np.float64): _call.FLOAT64,
    np.dtype(np.float16): _call.FLOAT16,
}


def views(
    objective: Objective, predictions: Mapping[str, Any]
) -> tuple[list[NDArray[Any] | None], list[View | None]]:
    """The arrays that an objective reads, and where they lie."""
    arrays: list[NDArray[Any] | None] = []
    result: list[View | None] = []
    for name in objective.predictions:
        if name not in predictions:
            arrays.append(None)
            result.append(None)
            continue
        array = _arrays.array(predictions[name], f"prediction {name!r}")
        kind = _TYPES.get(array.dtype)
        if kind is None:
            if array.dtype.kind != "f" or array.dtype.itemsize > 8:
                raise ValueError(
                    f"prediction {name!r} has dtype {array.dtype}; expected float16, float32 or float64"
                )
            array = array.astype(array.dtype.newbyteorder("="))
            kind = _TYPES[array.dtype]
        strides = None
        if not array.flags.c_contiguous:
            if any(stride % array.itemsize for stride in array.strides):
                array = np.ascontiguousarray(array)
            else:
                strides = tuple(stride // array.itemsize for stride in array.strides)
        arrays.append(array)
        result.append(View(_arrays.pointer(array), kind, array.shape, strides))
    return arrays, result


def evaluate(
    objective: Objective,
    predictions: Mapping[str, Any],
    batch: Batch | None,
    targets: Targets | None,
    *,
    state: Mapping[str, Any] | None,
    gradients: bool,
    term_gradients: bool,
) -> Losses[float]:
    """What a call of the objective comes to."""
    arrays, places = views(objective, predictions)
    totals: dict[str, NDArray[Any]] = {}
    terms: dict[str, dict[str, NDArray[Any]]] = {}
    if term_gradients:
        terms = {path: _zeros(objective, arrays, term.predictions) for path, term in objective.terms.items()}
    elif gradients:
        totals = _zeros(objective, arrays, objective.predictions)
    outcome = _call.evaluate(
        objective,
        places,
        batch,
        targets=targets,
        gradients=_pointers(objective, totals) if totals else None,
        term_gradients=[place for term in terms.values() for place in _pointers(objective, term)]
        if terms
        else None,
        zeroed=True,
        state=objective.state if state is None else state,
    )
    for term in terms.values():
        for name, gradient in term.items():
            totals[name] = totals[name] + gradient if name in totals else gradient
    if state is None:
        objective.move_on(outcome.state)
    values = [term.weight * term.value for term in outcome.terms]
    return assemble(objective, outcome, values, sum(values), gradients=totals, term_gradients=terms)


def _zeros(
    objective: Objective, arrays: list[NDArray[Any] | None], names: tuple[str, ...]
) -> dict[str, NDArray[Any]]:
    """Places for gradients by some predictions; memory that wasn't touched yet where they are large."""
    return {
        name: np.zeros(array.shape, np.float64 if array.dtype == np.float64 else np.float32)
        for name, array in zip(objective.predictions, arrays)
        if array is not None and name in names
    }


def _pointers(objective: Objective, gradients: Mapping[str, NDArray[Any]]) -> list[int]:
    return [_arrays.pointer(gradients[name]) if name in gradients else 0 for name in objective.predictions]
