"""log softmax of PyTorch and of JAX, and the gradient by the logits."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from work import Inputs, Outcome, Peer


def log_softmax_peers(inputs: Inputs) -> list[Peer]:
    """PyTorch eager, torch.compile and JAX: log-probabilities, and the gradient for a given one by them."""
    x = torch.from_numpy(inputs["predictions"]).requires_grad_()
    upstream = torch.from_numpy(inputs["targets"])
    plain = x.detach()
    torch.compiler.reset()
    compiled = torch.compile(torch_pair, dynamic=False)
    jitted = jax.jit(jax_pair)
    arrays = jnp.asarray(inputs["predictions"]), jnp.asarray(inputs["targets"])

    def outcome(pair: tuple[Any, Any]) -> Outcome:
        return inner_product(pair, inputs["targets"])

    return [
        Peer("PyTorch eager", lambda: torch_autograd(x, upstream), outcome),
        Peer("torch.compile", lambda: compiled(plain, upstream), outcome),
        Peer("JAX (XLA)", lambda: jax.block_until_ready(jitted(*arrays)), outcome),
    ]


def log_softmax_reference(inputs: Inputs) -> Outcome:
    """PyTorch's result in double precision."""
    x = torch.from_numpy(inputs["predictions"]).double().requires_grad_()
    upstream = torch.from_numpy(inputs["targets"]).double()
    return inner_product(torch_autograd(x, upstream), inputs["targets"])


def torch_autograd(x: Tensor, upstream: Tensor) -> tuple[Tensor, Tensor]:
    """Log-probabilities, and the gradient by autograd."""
    y = F.log_softmax(x, dim=1)
    (gradient,) = torch.autograd.grad(y, x, upstream)
    return y.detach(), gradient


def torch_pair(x: Tensor, upstream: Tensor) -> tuple[Tensor, Tensor]:
    """The same as one function, to be compiled."""
    y, pull_back = torch.func.vjp(lambda x: F.log_softmax(x, dim=1), x)
    return y, pull_back(upstream)[0]


def jax_pair(x: jax.Array, upstream: jax.Array) -> tuple[jax.Array, jax.Array]:
    """The same in JAX."""
    y, pull_back = jax.vjp(lambda x: jax.nn.log_softmax(x, axis=1), x)
    return y, pull_back(upstream)[0]


def inner_product(pair: tuple[Any, Any], upstream: np.ndarray) -> Outcome:
    """The inner product of log-probabilities and upstream, and the norm, in double precision."""
    y, gradient = (np.asarray(part, np.float64) for part in pair)
    return Outcome(float(np.vdot(y, upstream.astype(np.float64))), float(np.linalg.norm(gradient)))
