"""The losses of PyTorch and of JAX, value and gradient."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import jax
import jax.numpy as jnp
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torchvision.ops import (
    complete_box_iou_loss,
    distance_box_iou_loss,
    generalized_box_iou_loss,
    sigmoid_focal_loss,
)
from torchvision.ops._utils import _loss_inter_union
from work import Inputs, Outcome, Peer, Work

TorchLoss = Callable[[Tensor, Tensor], Tensor]
JaxLoss = Callable[[jax.Array, jax.Array], jax.Array]
Array = TypeVar("Array", Tensor, jax.Array)


def torch_loss(work: Work) -> TorchLoss | None:
    """PyTorch's function for a work: a mean; nothing where there is none to compare with."""
    if work.operation in FORMULAS:
        return FORMULAS[work.operation]
    match work.loss:
        case "softmax_cross_entropy":
            return F.cross_entropy
        case "nll":
            return F.nll_loss
        case "bce_with_logits":
            return F.binary_cross_entropy_with_logits
        case "bce":
            return F.binary_cross_entropy
        case "sigmoid_focal":
            return partial(sigmoid_focal_loss, reduction="mean")
        case "quality_focal":
            return torch_quality_loss
        case "varifocal":
            return torch_varifocal_loss
        case "softmax_focal":
            return torch_softmax_focal_loss
        case "gaussian_focal":
            return torch_gaussian_loss
        case "distribution_focal":
            return torch_distribution_loss
        case "knowledge_distillation":
            return torch_distillation_loss
        case "dice":
            return lambda x, y: dice_loss(x.sigmoid(), y)
        case "tversky":
            return lambda x, y: tversky_loss(x.sigmoid(), y)
        case "smooth_l1":
            return partial(F.smooth_l1_loss, beta=beta(work))
        case "huber":
            return F.huber_loss
        case "l1":
            return F.l1_loss
        case "l2":
            return F.mse_loss
        case "iou":
            return torch_iou_loss
        case "giou":
            return partial(generalized_box_iou_loss, reduction="mean")
        case "diou":
            return partial(distance_box_iou_loss, reduction="mean")
        case "ciou":
            return partial(complete_box_iou_loss, reduction="mean")
    return None


def beta(work: Work) -> float:
    """Where smooth L1 becomes linear; the formula that rivals it has the number in its text."""
    return work.parameters.get("beta", 1 / 9)


def torch_bce_formula(x: Tensor, y: Tensor) -> Tensor:
    """The text that `losskit bench` evaluates, in PyTorch."""
    return (y * F.softplus(-x) + (1 - y) * F.softplus(x)).mean()


def torch_focal_formula(x: Tensor, y: Tensor) -> Tensor:
    """The text that `losskit bench` evaluates, in PyTorch."""
    missed = y * torch.sigmoid(-x) + (1 - y) * torch.sigmoid(x)
    bce = y * F.softplus(-x) + (1 - y) * F.softplus(x)
    balance = y * 0.25 + (1 - y) * 0.75
    return (balance * (missed * missed) * bce).mean()


FORMULAS: dict[str, TorchLoss] = {
    "bce_with_logits_formula": torch_bce_formula,
    "sigmoid_focal_formula": torch_focal_formula,
}


def torch_iou_loss(x: Tensor, y: Tensor) -> Tensor:
    """One minus intersection over union, of torchvision's areas."""
    intersection, union = _loss_inter_union(x, y)
    return (1 - intersection / (union + 1e-7)).mean()


def torch_quality_loss(x: Tensor, y: Tensor) -> Tensor:
    """The quality focal loss, as mmdetection has it for targets in rows."""
    loss = F.binary_cross_entropy_with_logits(x, y, reduction="none")
    return (loss * (y - x.sigmoid()).abs().pow(2)).mean()


def torch_varifocal_loss(x: Tensor, y: Tensor) -> Tensor:
    """The varifocal loss, as mmdetection has it."""
    weight = torch.where(y > 0, y, 0.75 * x.sigmoid().pow(2))
    return (F.binary_cross_entropy_with_logits(x, y, reduction="none") * weight).mean()


def torch_softmax_focal_loss(x: Tensor, y: Tensor) -> Tensor:
    """The focal loss on the softmax, from the cross-entropy."""
    entropy = F.cross_entropy(x, y, reduction="none")
    return ((1 - (-entropy).exp()) ** 2 * entropy).mean()


def torch_gaussian_loss(x: Tensor, y: Tensor) -> Tensor:
    """The gaussian focal loss, as mmdetection has it."""
    positive = -(x + 1e-12).log() * (1 - x).pow(2) * y.eq(1)
    negative = -(1 - x + 1e-12).log() * x.pow(2) * (1 - y).pow(4)
    return (positive + negative).mean()


def torch_distribution_loss(x: Tensor, y: Tensor) -> Tensor:
    """The distribution focal loss, as mmdetection has it."""
    left = y.long()
    upper = y - left
    near, far = (F.cross_entropy(x, bins, reduction="none") for bins in (left, left + 1))
    return (near * (1 - upper) + far * upper).mean()


def torch_distillation_loss(x: Tensor, y: Tensor, heat: float = 10) -> Tensor:
    """Knowledge distillation, as mmdetection has it."""
    student, teacher = F.log_softmax(x / heat, 1), F.softmax(y / heat, 1)
    return F.kl_div(student, teacher, reduction="none").mean() * heat**2


def dice_loss(p: Array, y: Array) -> Array:
    """The dice loss, as mmdetection has it."""
    shared, all_of_both = (p * y).sum(1), (p * p).sum(1) + (y * y).sum(1)
    return (1 - 2 * shared / (all_of_both + 2e-3)).mean()


def tversky_loss(p: Array, y: Array) -> Array:
    """The Tversky loss."""
    shared = (p * y).sum(1) + 1e-3
    missed = 0.3 * (p * (1 - y)).sum(1) + 0.7 * ((1 - p) * y).sum(1)
    return (1 - shared / (shared + missed)).mean()


def jax_loss(work: Work) -> JaxLoss:
    """The same in JAX, written as optax has it."""
    match work.loss:
        case "softmax_cross_entropy":
            return lambda x, y: (jax.nn.logsumexp(x, axis=1) - of_class(x, y)).mean()
        case "nll":
            return lambda x, y: -of_class(x, y).mean()
        case "bce_with_logits":
            return lambda x, y: jax_entropy(x, y).mean()
        case "bce":
            return lambda p, y: -mix(y, jnp.log(p), jnp.log1p(-p)).mean()
        case "sigmoid_focal":
            return lambda x, y: jax_focal_loss(x, y).mean()
        case "quality_focal":
            return lambda x, y: (jax_entropy(x, y) * jnp.square(y - jax.nn.sigmoid(x))).mean()
        case "varifocal":
            return lambda x, y: jax_varifocal_loss(x, y).mean()
        case "softmax_focal":
            return lambda x, y: jax_softmax_focal_loss(x, y).mean()
        case "gaussian_focal":
            return lambda x, y: jax_gaussian_loss(x, y).mean()
        case "distribution_focal":
            return lambda x, y: jax_distribution_loss(x, y).mean()
        case "knowledge_distillation":
            return jax_distillation_loss
        case "dice":
            return lambda x, y: dice_loss(jax.nn.sigmoid(x), y)
        case "tversky":
            return lambda x, y: tversky_loss(jax.nn.sigmoid(x), y)
        case "smooth_l1":
            size = beta(work)
            return lambda x, y: (jax_huber(x - y, size) / size).mean()
        case "huber":
            return lambda x, y: jax_huber(x - y, 1).mean()
        case "l1":
            return lambda x, y: jnp.abs(x - y).mean()
        case "l2":
            return lambda x, y: jnp.square(x - y).mean()
        case "iou" | "giou" | "diou" | "ciou":
            return lambda x, y: jax_box_loss(work.loss, x, y).mean()
    raise SystemExit(f"peers.py knows no peer of {work.operation}; add it to losses.py")


def of_class(rows: jax.Array, classes: jax.Array) -> jax.Array:
    """The element of each row at its class."""
    return jnp.take_along_axis(rows, classes[:, None], axis=1)[:, 0]


def mix(share: jax.Array, first: jax.Array, second: jax.Array) -> jax.Array:
    """The share of the first and the rest of the second."""
    return share * first + (1 - share) * second


def jax_entropy(x: jax.Array, y: jax.Array) -> jax.Array:
    """The binary cross-entropy of logits."""
    return -mix(y, jax.nn.log_sigmoid(x), jax.nn.log_sigmoid(-x))


def jax_varifocal_loss(x: jax.Array, y: jax.Array) -> jax.Array:
    """The varifocal loss."""
    return jnp.where(y > 0, y, 0.75 * jnp.square(jax.nn.sigmoid(x))) * jax_entropy(x, y)


def jax_softmax_focal_loss(x: jax.Array, y: jax.Array) -> jax.Array:
    """The focal loss on the softmax."""
    entropy = jax.nn.logsumexp(x, axis=1) - of_class(x, y)
    return jnp.square(1 - jnp.exp(-entropy)) * entropy


def jax_gaussian_loss(x: jax.Array, y: jax.Array) -> jax.Array:
    """The gaussian focal loss."""
    positive = -jnp.log(x + 1e-12) * jnp.square(1 - x) * (y == 1)
    return positive - jnp.log(1 - x + 1e-12) * jnp.square(x) * (1 - y) ** 4


def jax_distribution_loss(x: jax.Array, y: jax.Array) -> jax.Array:
    """The distribution focal loss."""
    left = y.astype(jnp.int32)
    upper = y - left
    return jax.nn.logsumexp(x, axis=1) - mix(upper, of_class(x, left + 1), of_class(x, left))


def jax_distillation_loss(x: jax.Array, y: jax.Array, heat: float = 10) -> jax.Array:
    """Knowledge distillation."""
    student, teacher = jax.nn.log_softmax(x / heat), jax.nn.log_softmax(y / heat)
    return (jnp.exp(teacher) * (teacher - student)).mean() * heat**2


def jax_focal_loss(
    x: jax.Array, y: jax.Array, alpha: float = 0.25, gamma: float = 2.0
) -> jax.Array:
    """The focal loss, as optax has it."""
    p = jax.nn.sigmoid(x)
    return mix(y, alpha, 1 - alpha) * jax_entropy(x, y) * (1 - mix(y, p, 1 - p)) ** gamma


def jax_huber(difference: jax.Array, delta: float) -> jax.Array:
    """The Huber loss of differences."""
    size = jnp.abs(difference)
    return jnp.where(size <= delta, 0.5 * difference**2, delta * (size - 0.5 * delta))


def jax_box_loss(name: str, boxes: jax.Array, targets: jax.Array, eps: float = 1e-7) -> jax.Array:
    """The losses of torchvision on pairs of boxes."""
    x1, y1, x2, y2 = boxes.T
    x1t, y1t, x2t, y2t = targets.T
    width, height, width_t, height_t = x2 - x1, y2 - y1, x2t - x1t, y2t - y1t
    shared_width = jnp.minimum(x2, x2t) - jnp.maximum(x1, x1t)
    shared_height = jnp.minimum(y2, y2t) - jnp.maximum(y1, y1t)
    apart = (shared_width <= 0) | (shared_height <= 0)
    shared = jnp.where(apart, 0, shared_width * shared_height)
    union = width * height + width_t * height_t - shared
    distance = 1 - shared / (union + eps)
    hull_width = jnp.maximum(x2, x2t) - jnp.minimum(x1, x1t)
    hull_height = jnp.maximum(y2, y2t) - jnp.minimum(y1, y1t)
    if name == "iou":
        return distance
    if name == "giou":
        hull = hull_width * hull_height
        return distance + (hull - union) / (hull + eps)
    centres = ((x1 + x2 - x1t - x2t) ** 2 + (y1 + y2 - y1t - y2t) ** 2) / 4
    far = distance + centres / (hull_width**2 + hull_height**2 + eps)
    if name == "diou":
        return far
    v = 4 / jnp.pi**2 * (jnp.arctan(width_t / height_t) - jnp.arctan(width / height)) ** 2
    return far + jax.lax.stop_gradient(v / (distance + v + eps)) * v


def loss_peers(work: Work, inputs: Inputs) -> list[Peer]:
    """PyTorch eager, torch.compile and JAX, each as its users call it."""
    x = torch.from_numpy(inputs["predictions"]).requires_grad_()
    y = torch.from_numpy(inputs["targets"])
    function = torch_loss(work)
    torch.compiler.reset()
    # Compiled with its gradient: faster than a compiled loss whose gradient autograd finds.
    compiled = torch.compile(torch.func.grad_and_value(function), dynamic=False)
    plain = x.detach()
    jitted = jax.jit(jax.value_and_grad(jax_loss(work)))
    arrays = jnp.asarray(inputs["predictions"]), jnp.asarray(inputs["targets"])
    return [
        Peer("PyTorch eager", lambda: torch_value_and_gradient(function, x, y), torch_outcome),
        Peer("torch.compile", lambda: compiled(plain, y), lambda pair: torch_outcome(pair[::-1])),
        Peer("JAX (XLA)", lambda: jax.block_until_ready(jitted(*arrays)), jax_outcome),
    ]


def reference(work: Work, inputs: Inputs) -> Outcome:
    """PyTorch's result in double precision."""
    x = torch.from_numpy(inputs["predictions"]).double().requires_grad_()
    y = torch.from_numpy(inputs["targets"])
    return torch_outcome(
        torch_value_and_gradient(torch_loss(work), x, y.double() if y.is_floating_point() else y)
    )


def torch_value_and_gradient(function: TorchLoss, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """The loss and its gradient by x."""
    value = function(x, y)
    (gradient,) = torch.autograd.grad(value, x)
    return value.detach(), gradient


def torch_outcome(result: tuple[Tensor, Tensor]) -> Outcome:
    """Value and norm, the norm in double precision."""
    value, gradient = result
    return Outcome(float(value), float(gradient.double().norm()))


def jax_outcome(result: tuple[jax.Array, jax.Array]) -> Outcome:
    """Value and norm, the norm in double precision."""
    value, gradient = result
    return Outcome(float(value), float(np.linalg.norm(np.asarray(gradient, np.float64))))
