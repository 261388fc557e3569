"""Objectives within JAX."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from test_torch import SHARED, SIZES, call, gradients, predictions, targets

jax: Any = pytest.importorskip("jax")


def test_values_and_gradients_are_those_of_pytorch() -> None:
    import losskit.jax

    made = losskit.Objective(SHARED)
    tensors = predictions()
    given = {name: jax.numpy.asarray(tensor.detach().numpy()) for name, tensor in tensors.items()}
    boxes = np.zeros((2, 2, 4), np.float32)
    boxes[0] = targets()[0]["boxes"].numpy()
    labels = jax.numpy.array([[1, 3], [0, 0]])

    def weighted(given: Any) -> Any:
        a, b, c = losskit.jax.losses(made, given, jax.numpy.asarray(boxes), labels, SIZES).values()
        return 2 * a + b - c

    value, found = jax.jit(jax.value_and_grad(weighted))(given)
    a, b, c = call(tensors).values()
    expected = 2 * a + b - c
    assert float(value) == pytest.approx(expected.item(), rel=1e-6)
    for name, gradient in zip(tensors, gradients(expected, tensors), strict=True):
        np.testing.assert_allclose(found[name], gradient.numpy(), rtol=1e-6, atol=1e-8)
