"""Objectives within JAX: the library is called back from a compiled step.

losses = losskit.jax.losses(objective, predictions, boxes, labels, image_sizes)
jax.grad(lambda p: sum(losskit.jax.losses(objective, p, boxes, labels, image_sizes).values()))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from losskit._objective import Objective

Tensors = dict[str, jax.Array]


def losses(
    objective: Objective, predictions: Mapping[str, jax.Array], boxes: jax.Array, labels: jax.Array,
    image_sizes: Sequence[tuple[int, int]], step: int | jax.Array = 0,
) -> Tensors:  # fmt: skip
    """The weighted value of each term, by ``"stage.term"``; works under ``jit`` and ``grad``.

    Args:
        objective: The objective; its ``state`` isn't moved on.
        predictions: The tensors by name.
        boxes: ``[images, most, 4]``, filled up where an image has fewer objects than another.
        labels: ``[images, most]``; 0 where there is no object.
        image_sizes: Height and width of each image.
        step: Counts training steps.
    """
    sizes = tuple((int(height), int(width)) for height, width in image_sizes)
    values: jax.Array = _values(objective, sizes, dict(predictions), boxes, labels, jnp.asarray(step))
    return {name: values[index] for index, name in enumerate(objective.terms)}


@partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def _values(objective: Any, sizes: Any, predictions: Any, boxes: Any, labels: Any, step: Any) -> Any:
    return call(objective, sizes, predictions, boxes, labels, step, False)[0]


def forward(objective: Any, sizes: Any, predictions: Tensors, boxes: Any, labels: Any, step: Any) -> Any:
    """The values; for backward the gradients of single terms."""
    return call(objective, sizes, predictions, boxes, labels, step, True)


def backward(objective: Any, sizes: Any, gradients: Mapping[str, Tensors], incoming: Any) -> Any:
    """What comes in, times the gradients of the terms."""
    found: Tensors = {}
    for index, term in enumerate(objective.terms):
        for name, gradient in gradients[term].items():
            part = incoming[index] * gradient
            found[name] = found[name] + part if name in found else part
    return found, None, None, None


def call(
    objective: Any, sizes: Any, predictions: Tensors, boxes: Any, labels: Any, step: Any, differentiate: bool
) -> tuple[jax.Array, dict[str, Tensors]]:  # fmt: skip
    """The values, and the gradients of single terms if they are asked for, from outside of JAX."""

    def evaluate(given: Any, boxes: Any, labels: Any, step: Any) -> Any:
        objects = [
            {"boxes": np.asarray(b)[n > 0], "labels": n[n > 0]}
            for b, n in zip(np.asarray(boxes), np.asarray(labels), strict=True)
        ]
        found = objective(
            {name: np.asarray(tensor) for name, tensor in given.items()}, objects, image_sizes=sizes,
            step=int(step), state={}, gradients=differentiate, term_gradients=differentiate,
        )  # fmt: skip
        values = np.array(list(found.values()), np.float32)
        return values, found.term_gradients if differentiate else {}

    gradients = {
        term: {
            name: jax.ShapeDtypeStruct(predictions[name].shape, jnp.float32) for name in described.predictions
        }
        for term, described in objective.terms.items()
        if differentiate
    }
    shapes = (jax.ShapeDtypeStruct((len(objective.terms),), jnp.float32), gradients)
    result: tuple[jax.Array, dict[str, Tensors]] = jax.pure_callback(
        evaluate, shapes, predictions, boxes, labels, step
    )
    return result


_values.defvjp(forward, backward)
