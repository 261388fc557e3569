"""Make `losses.safetensors`: values and gradients of losses, by PyTorch in double precision.

Inputs are float32; PyTorch evaluates them in float64 and autograd gives the gradients. Weights and
reductions that a PyTorch function lacks are applied here by the rules in README.md, and wherever
PyTorch has the same reduction, both results are compared.

    make_losses.py [--output losses.safetensors]
"""

import argparse
import copy
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import mmdetection  # noqa: F401 (first: it makes mmdet importable)
import torch
import torch.nn.functional as F
from mmdet.models.losses.balanced_l1_loss import balanced_l1_loss
from mmdet.models.losses.dice_loss import dice_loss
from mmdet.models.losses.focal_loss import py_focal_loss_with_prob
from mmdet.models.losses.eqlv2_loss import EQLV2Loss
from mmdet.models.losses.gaussian_focal_loss import gaussian_focal_loss
from mmdet.models.losses.gfocal_loss import (
    distribution_focal_loss,
    quality_focal_loss_tensor_target,
)
from mmdet.models.losses import ghm_loss, seesaw_loss
from mmdet.models.losses.iou_loss import bounded_iou_loss, ciou_loss, eiou_loss, siou_loss
from mmdet.models.losses.iou_loss import giou_loss as mmdet_giou_loss
from mmdet.models.losses.iou_loss import iou_loss as mmdet_iou_loss
from mmdet.models.losses.kd_loss import knowledge_distillation_kl_div_loss
from mmdet.models.losses.multipos_cross_entropy_loss import MultiPosCrossEntropyLoss
from mmdet.models.losses.varifocal_loss import varifocal_loss
from safetensors_file import write_safetensors
from torch import Tensor
from torchvision.ops import (
    complete_box_iou_loss,
    distance_box_iou_loss,
    generalized_box_iou_loss,
    sigmoid_focal_loss,
)
from torchvision.ops._utils import _loss_inter_union
from ultralytics.utils.metrics import bbox_iou

SEED = 20240901
REDUCTIONS = ("none", "mean", "sum", "weighted_mean")

Parameters = dict[str, object]
LossFunction = Callable[[Tensor, Tensor, Parameters, str], Tensor]


@dataclass
class Loss:
    """A loss under its name in the registry, and the PyTorch function it must agree with."""

    name: str
    torch_call: str
    function: LossFunction | None
    by_row: bool = False


@dataclass
class Case:
    """One evaluation of a loss; `label` says what is particular about the input."""

    loss: Loss
    label: str
    predictions: Tensor
    targets: Tensor
    parameters: Parameters
    reduction: str
    weights: Tensor | None = None
    inside_weights: Tensor | None = None
    state: Tensor | None = None
    next_state: Tensor | None = None


@dataclass
class Result:
    """Value and gradient, and whether PyTorch's own arithmetic would have given 0 / 0."""

    value: Tensor
    gradient: Tensor
    torch_is_nan: bool


# ---------------------------------------------------------------------------------- the functions


def as_double(values: object) -> Tensor | None:
    """A parameter that is a number or a list of numbers as a tensor; None stays None."""
    return None if values is None else torch.tensor(values, dtype=torch.float64)


def softmax_cross_entropy(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Cross-entropy of the softmax, for class indices and for distributions over classes."""
    return F.cross_entropy(
        x,
        y,
        weight=as_double(p["class_weights"]),
        ignore_index=p["ignore_index"],
        label_smoothing=p["label_smoothing"],
        reduction=reduction,
    )


def nll(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Negative log-likelihood of log-probabilities."""
    weight = as_double(p["class_weights"])
    return F.nll_loss(x, y, weight=weight, ignore_index=p["ignore_index"], reduction=reduction)


def bce(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Binary cross-entropy of probabilities."""
    return F.binary_cross_entropy(x, y, reduction=reduction)


def bce_with_logits(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Binary cross-entropy of logits."""
    pos_weight = as_double(p["pos_weight"])
    return F.binary_cross_entropy_with_logits(x, y, pos_weight=pos_weight, reduction=reduction)


def sigmoid_focal(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Focal loss of logits, without the differences that cost torchvision's its last digits."""
    alpha, gamma = p["alpha"], p["gamma"]
    wrong = y * torch.sigmoid(-x) + (1 - y) * torch.sigmoid(x)
    balance = alpha * y + (1 - alpha) * (1 - y) if alpha >= 0 else 1
    zero = torch.zeros_like(x)
    entropy = y * torch.logaddexp(-x, zero) + (1 - y) * torch.logaddexp(x, zero)
    values = balance * wrong**gamma * entropy
    theirs = sigmoid_focal_loss(x, y, alpha=alpha, gamma=gamma)
    torch.testing.assert_close(values, theirs, rtol=1e-9, atol=1e-8)
    return values if reduction == "none" else getattr(values, reduction)()


def smooth_l1(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Smooth L1; sigma is the other way to say beta = 1 / sigma^2."""
    beta = p["beta"] if "beta" in p else 1 / p["sigma"] ** 2
    return F.smooth_l1_loss(x, y, beta=beta, reduction=reduction)


def huber(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Huber loss: delta times smooth L1 with beta = delta."""
    return F.huber_loss(x, y, delta=p["delta"], reduction=reduction)


def l1(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Absolute difference."""
    return F.l1_loss(x, y, reduction=reduction)


def l2(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Squared difference, without a factor of a half."""
    return F.mse_loss(x, y, reduction=reduction)


def iou(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """One minus intersection over union, of the areas that torchvision's losses have."""
    intersection, union = _loss_inter_union(x, y)
    values = 1 - intersection / (union + p["eps"])
    return values if reduction == "none" else getattr(values, reduction)()


def giou(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Generalized IoU loss."""
    return generalized_box_iou_loss(x, y, reduction=reduction, eps=p["eps"])


def diou(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Distance IoU loss."""
    return distance_box_iou_loss(x, y, reduction=reduction, eps=p["eps"])


def ciou(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Complete IoU loss, whose eps doesn't reach the distance IoU loss in it."""
    return complete_box_iou_loss(x, y, reduction=reduction, eps=p["eps"])


def mmdet_iou(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """IoU loss of mmdetection in its three modes."""
    return mmdet_iou_loss(x, y, mode=p["form"], eps=p["eps"], reduction=reduction)


def mmdet_giou(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Generalized IoU loss of mmdetection."""
    return mmdet_giou_loss(x, y, eps=p["eps"], reduction=reduction)


def reduced(values: Tensor, reduction: str) -> Tensor:
    """The values as they are, their sum, or their mean."""
    return values if reduction == "none" else getattr(values, reduction)()


def focal_of_probabilities(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Focal loss of mmdetection on probabilities."""
    return py_focal_loss_with_prob(
        x, y, gamma=p["gamma"], alpha=p["alpha"], reduction=reduction
    )


def softmax_focal(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Focal loss on the softmax, by its definition; 1 - p from the other columns' logits."""
    others = x.masked_fill(F.one_hot(y, x.shape[1]).bool(), -torch.inf)
    log_missed = torch.logsumexp(others, 1) - torch.logsumexp(x, 1)
    entropy = F.cross_entropy(x, y, reduction="none")
    weights = p["class_weights"]
    weight = 1 if weights is None else as_double(weights)[y]
    return reduced(weight * (p["gamma"] * log_missed).exp() * entropy, reduction)


def quality_focal(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Quality focal loss by its definition, and the same as mmdetection's, which adds up a row."""
    given = p.get("activation") == "none"
    if given:
        distance = y * (1 - x) - (1 - y) * x
        entropy = F.binary_cross_entropy(x, y, reduction="none")
    else:
        distance = y * torch.sigmoid(-x) - (1 - y) * torch.sigmoid(x)
        zero = torch.zeros_like(x)
        entropy = y * torch.logaddexp(-x, zero) + (1 - y) * torch.logaddexp(x, zero)
    values = distance.abs() ** p["beta"] * entropy
    theirs = quality_focal_loss_tensor_target(
        x, y, beta=p["beta"], activated=given, reduction="none"
    )
    torch.testing.assert_close(values.sum(1), theirs, rtol=1e-9, atol=1e-8)
    return reduced(values, reduction)


def varifocal(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Varifocal loss, without the differences that cost mmdetection's its last digits."""
    zero = torch.zeros_like(x)
    entropy = y * torch.logaddexp(-x, zero) + (1 - y) * torch.logaddexp(x, zero)
    positive = y if p["iou_weighted"] else 1
    weight = torch.where(y > 0, positive, p["alpha"] * torch.sigmoid(x) ** p["gamma"])
    values = weight * entropy
    theirs = varifocal_loss(x, y, reduction="none", **p)
    torch.testing.assert_close(values, theirs, rtol=1e-9, atol=1e-8)
    return reduced(values, reduction)


def gaussian_focal(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Gaussian focal loss of mmdetection, with logarithms that keep their digits near 1."""
    eps = 1e-12
    right, wrong = torch.where(y == 1, x, 1 - x), torch.where(y == 1, 1 - x, x)
    logarithm = torch.where(right > 0.5, torch.log1p(eps - wrong), torch.log(right + eps))
    weight = torch.where(y == 1, p["pos_weight"], p["neg_weight"] * (1 - y) ** p["gamma"])
    values = -weight * wrong ** p["alpha"] * logarithm
    theirs = gaussian_focal_loss(x, y, reduction="none", **p)
    torch.testing.assert_close(values, theirs, rtol=1e-9, atol=1e-12)
    return reduced(values, reduction)


def balanced_l1(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Balanced L1 of mmdetection, which for nothing gives a sum alone."""
    if reduction == "none" and y.numel() == 0:
        return torch.zeros_like(x) * x
    return balanced_l1_loss(x, y, reduction=reduction, **p)


def mmdet_ciou(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Complete IoU loss of mmdetection."""
    return ciou_loss(x, y, eps=p["eps"], reduction=reduction)


def ultralytics_ciou(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Complete IoU loss of ultralytics."""
    return reduced(1 - bbox_iou(x, y, xywh=False, CIoU=True, eps=p["eps"])[:, 0], reduction)


def eiou(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Extended IoU loss of mmdetection."""
    return eiou_loss(x, y, smooth_point=p["smooth_point"], eps=p["eps"], reduction=reduction)


def siou(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """SIoU loss of mmdetection."""
    return siou_loss(x, y, neg_gamma=p["neg_gamma"], eps=p["eps"], reduction=reduction)


def bounded_iou(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Bounded IoU loss of mmdetection, whose four values a row are added up."""
    values = bounded_iou_loss(x, y, beta=p["beta"], eps=p["eps"], reduction="none").sum(1)
    return reduced(values, reduction)


def mpdiou(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Minimum point distance IoU loss by the paper."""
    intersection, union = _loss_inter_union(x, y)
    diagonal = sum(side**2 for side in p["image_size"])
    corners = ((x - y) ** 2).sum(1) / diagonal
    return reduced(1 - intersection / (union + p["eps"]) + corners, reduction)


def nwd(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Normalized Wasserstein distance loss by the paper; of equal boxes a constant."""

    def gaussian(boxes: Tensor) -> Tensor:
        low, high = boxes[:, :2], boxes[:, 2:]
        return torch.cat([(low + high) / 2, (high - low) / 2], dim=1)

    squared = ((gaussian(x) - gaussian(y)) ** 2).sum(1)
    distance = torch.where(squared > 0, torch.where(squared > 0, squared, 1).sqrt(), 0)
    return reduced(1 - torch.exp(-distance / p["constant"]), reduction)


def distribution_focal(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Distribution focal loss of mmdetection, of numbers brought into the range of the bins."""
    number = y.clamp(0, x.shape[1] - 1 - p["margin"])
    return distribution_focal_loss(x, number, reduction=reduction)


def knowledge_distillation(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Knowledge distillation of mmdetection."""
    return knowledge_distillation_kl_div_loss(x, y, T=p["temperature"], reduction=reduction)


def multi_positive(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Cross-entropy with several right columns, without the differences of mmdetection's exponents."""
    right = torch.logsumexp((-x).masked_fill(y == 0, -torch.inf), 1)
    wrong = torch.logsumexp(x.masked_fill(y == 1, -torch.inf), 1)
    both = (y == 0).any(1) & (y == 1).any(1)
    difference = torch.where(both, right, 0) + torch.where(both, wrong, 0)
    values = torch.where(both, torch.logaddexp(difference, torch.zeros_like(difference)), 0)
    if len(x):
        theirs = MultiPosCrossEntropyLoss(reduction="none")(x, y)
        torch.testing.assert_close(values, theirs, rtol=1e-9, atol=1e-9)
    return reduced(values, reduction)


def box_l1(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """L1 distance of corners, added up."""
    return reduced(F.l1_loss(x, y, reduction="none").sum(1), reduction)


def probabilities(x: Tensor, p: Parameters) -> Tensor:
    """Logits as probabilities, unless they are."""
    return x if p["activation"] == "none" else x.sigmoid()


def dice(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Dice loss in its two forms, without mmdetection's sums of targets in single precision."""
    given = probabilities(x, p)
    power = 1 if p["naive"] else 2
    shared = 2 * (given * y).sum(1) + (p["eps"] if p["naive"] else 0)
    both = (given**power).sum(1) + (y**power).sum(1) + p["eps"] * power
    values = 1 - shared / both
    theirs = dice_loss(given, y, eps=p["eps"], naive_dice=p["naive"], reduction="none")
    torch.testing.assert_close(values, theirs, rtol=1e-5, atol=1e-6)
    return reduced(values, reduction)


def tversky(x: Tensor, y: Tensor, p: Parameters, reduction: str) -> Tensor:
    """Tversky loss by the paper."""
    given = probabilities(x, p)
    shared = (given * y).sum(1) + p["eps"]
    missed = p["alpha"] * (given * (1 - y)).sum(1) + p["beta"] * ((1 - given) * y).sum(1)
    return reduced(1 - shared / (shared + missed), reduction)


@dataclass
class Step:
    """What a loss that remembers makes of the rows of a step: values, and what it remembers afterwards."""

    values: Tensor
    state: Tensor | None


Remembering = Callable[[Tensor, Tensor, Tensor, Parameters, Tensor | None], Step]


def ghm_c(x: Tensor, y: Tensor, w: Tensor, p: Parameters, state: Tensor | None) -> Step:
    """GHM-C of mmdetection, whose cross-entropy is in single precision, without the division by all values."""
    module = ghm_loss.GHMC(bins=p["bins"], momentum=p["momentum"])
    values = F.binary_cross_entropy_with_logits(x, y.double(), reduction="none")
    return harmonized(module, values, x, y, w, state)


def ghm_r(x: Tensor, y: Tensor, w: Tensor, p: Parameters, state: Tensor | None) -> Step:
    """GHM-R of mmdetection without the difference that costs digits; weights are 1 or 0, as in GHM-C."""
    module = ghm_loss.GHMR(mu=p["mu"], bins=p["bins"], momentum=p["momentum"])
    square = (x - y) ** 2
    values = square / ((square + p["mu"] ** 2).sqrt() + p["mu"])
    return harmonized(module, values, x, y, (w > 0).double(), state)


def harmonized(
    module: torch.nn.Module, values: Tensor, x: Tensor, y: Tensor, w: Tensor, state: Tensor | None
) -> Step:
    """One step of either, started from the counts of the steps before: its weights times the values."""
    module = module.double()
    if state is not None:
        module.acc_sum.copy_(state)
    plain = copy.deepcopy(module)
    reduce = ghm_loss.weight_reduce_loss
    ghm_loss.weight_reduce_loss = lambda loss, weights, **_: weights
    weights = module(x, y, w)
    ghm_loss.weight_reduce_loss = reduce
    theirs = plain(x, y, w, reduction_override="none")
    torch.testing.assert_close(values * weights, theirs.double(), rtol=1e-6, atol=1e-9)
    return Step(values * weights, module.acc_sum if module.momentum > 0 else None)


def exact_cross_entropy(x: Tensor, y: Tensor, *_: object, **__: object) -> Tensor:
    """Cross-entropy of rows without the difference that costs sure rows their digits."""
    own = F.one_hot(y, x.shape[1]).bool()
    difference = torch.logsumexp(x.masked_fill(own, -torch.inf), 1) - x[own]
    return torch.logaddexp(difference, torch.zeros_like(difference))


def seesaw(x: Tensor, y: Tensor, w: Tensor, p: Parameters, state: Tensor | None) -> Step:
    """Seesaw loss of mmdetection, with its cross-entropies exact: of a row both parts, or objectness alone."""
    module = seesaw_loss.SeesawLoss(num_classes=x.shape[1] - 2, **p).double()
    if state is not None:
        module.cum_samples.copy_(state)
    plain = copy.deepcopy(module)
    kept = seesaw_loss.F, seesaw_loss.cross_entropy
    seesaw_loss.F = SimpleNamespace(
        one_hot=F.one_hot, softmax=F.softmax, cross_entropy=exact_cross_entropy
    )
    seesaw_loss.cross_entropy = exact_cross_entropy
    parts = module(x, y, reduction_override="none")
    seesaw_loss.F, seesaw_loss.cross_entropy = kept
    torch.testing.assert_close(parts, plain(x, y, reduction_override="none"))
    values = parts["loss_cls_objectness"]
    found = y < module.num_classes
    if found.any():
        rows = found.nonzero()[:, 0]
        values = values.index_put((rows,), parts["loss_cls_classes"], accumulate=True)
    return Step(values, module.cum_samples)


def equalization_v2(x: Tensor, y: Tensor, w: Tensor, p: Parameters, state: Tensor | None) -> Step:
    """EQL v2 of mmdetection, row by row, and with gradients that weigh what rows weigh."""
    classes = x.shape[1] - 1
    module = EQLV2Loss(num_classes=classes, **p).double()
    if state is not None:
        module.pos_grad, module.neg_grad = state[:classes].clone(), state[classes:].clone()
        module.pos_neg = module.pos_grad / (module.neg_grad + 1e-10)
    plain = copy.deepcopy(module)
    module.n_i, module.n_c = x.shape
    target = F.one_hot(y, x.shape[1]).double()
    positive, negative = module.get_weight(x)
    factors = positive * target + negative * (1 - target)
    values = (F.binary_cross_entropy_with_logits(x, target, reduction="none") * factors).sum(1)
    if len(x):
        torch.testing.assert_close(values.mean(), plain(x, y))
    module.collect_grad(x.detach(), target, factors.detach() * w[:, None])
    return Step(values, torch.cat([module.pos_grad, module.neg_grad]))


SOFTMAX = Loss("softmax_cross_entropy", "nn.functional.cross_entropy", softmax_cross_entropy, True)
NLL = Loss("nll", "nn.functional.nll_loss", nll, True)
BCE = Loss("bce", "nn.functional.binary_cross_entropy", bce)
BCE_LOGITS = Loss(
    "bce_with_logits", "nn.functional.binary_cross_entropy_with_logits", bce_with_logits
)
SIGMOID_FOCAL = Loss("sigmoid_focal", "torchvision.ops.sigmoid_focal_loss", sigmoid_focal)
SMOOTH_L1 = Loss("smooth_l1", "nn.functional.smooth_l1_loss", smooth_l1)
HUBER = Loss("huber", "nn.functional.huber_loss", huber)
L1 = Loss("l1", "nn.functional.l1_loss", l1)
L2 = Loss("l2", "nn.functional.mse_loss", l2)
IOU = Loss("iou", "1 - IoU by torchvision.ops._utils", iou, True)
GIOU = Loss("giou", "torchvision.ops.generalized_box_iou_loss", giou, True)
DIOU = Loss("diou", "torchvision.ops.distance_box_iou_loss", diou, True)
CIOU = Loss("ciou", "torchvision.ops.complete_box_iou_loss", ciou, True)
MMDET_IOU = Loss("iou", "mmdet.models.losses.iou_loss", mmdet_iou, True)
MMDET_GIOU = Loss("giou", "mmdet.models.losses.giou_loss", mmdet_giou, True)
FOCAL_OF_PROBABILITIES = Loss(
    "sigmoid_focal", "mmdet.models.losses.py_focal_loss_with_prob", focal_of_probabilities
)
SOFTMAX_FOCAL = Loss("softmax_focal", "focal loss on nn.functional.cross_entropy", softmax_focal, True)
QUALITY_FOCAL = Loss("quality_focal", "mmdet.models.losses.quality_focal_loss", quality_focal)
VARIFOCAL = Loss("varifocal", "mmdet.models.losses.varifocal_loss", varifocal)
GAUSSIAN_FOCAL = Loss("gaussian_focal", "mmdet.models.losses.gaussian_focal_loss", gaussian_focal)
DISTRIBUTION_FOCAL = Loss(
    "distribution_focal", "mmdet.models.losses.distribution_focal_loss", distribution_focal, True
)
KNOWLEDGE_DISTILLATION = Loss(
    "knowledge_distillation",
    "mmdet.models.losses.knowledge_distillation_kl_div_loss",
    knowledge_distillation,
    True,
)
DICE = Loss("dice", "mmdet.models.losses.dice_loss", dice, True)
TVERSKY = Loss("tversky", "Tversky loss by its formula", tversky, True)
BALANCED_L1 = Loss("balanced_l1", "mmdet.models.losses.balanced_l1_loss", balanced_l1)
MMDET_CIOU = Loss("ciou", "mmdet.models.losses.ciou_loss", mmdet_ciou, True)
ULTRALYTICS_CIOU = Loss("ciou", "bbox_iou of ultralytics", ultralytics_ciou, True)
EIOU = Loss("eiou", "mmdet.models.losses.eiou_loss", eiou, True)
SIOU = Loss("siou", "mmdet.models.losses.siou_loss", siou, True)
BOUNDED_IOU = Loss("bounded_iou", "mmdet.models.losses.bounded_iou_loss", bounded_iou, True)
MPDIOU = Loss("mpdiou", "minimum point distance IoU loss by its formula", mpdiou, True)
NWD = Loss("nwd", "normalized Wasserstein distance loss by its formula", nwd, True)


MULTI_POSITIVE = Loss(
    "multi_positive_cross_entropy",
    "mmdet.models.losses.MultiPosCrossEntropyLoss",
    multi_positive,
    True,
)
BOX_L1 = Loss("box_l1", "nn.functional.l1_loss, added up over corners", box_l1, True)
GHM_C = Loss("ghm_c", "mmdet.models.losses.GHMC", None)
GHM_R = Loss("ghm_r", "mmdet.models.losses.GHMR", None)
SEESAW = Loss("seesaw", "mmdet.models.losses.SeesawLoss", None, True)
EQUALIZATION_V2 = Loss("equalization_v2", "mmdet.models.losses.EQLV2Loss", None, True)


# ------------------------------------------------------------------------------------- evaluation


def evaluate(case: Case) -> Result:
    """Value and gradient of `case` in float64."""
    predictions = case.predictions.double().requires_grad_()
    targets = case.targets.double() if case.targets.is_floating_point() else case.targets
    values = apply(case, predictions, targets, "none")
    weights = spread_weights(case, values)
    weighted = values * weights
    if case.reduction == "none":
        return Result(weighted.detach(), gradient(weighted.sum(), predictions), False)
    divisor = find_divisor(case, weights)
    if divisor == 0:
        zero = torch.zeros(1, dtype=torch.float64)
        return Result(zero, torch.zeros_like(predictions.detach()), True)
    value = weighted.sum() / divisor
    compare_with_torch(case, value.detach(), predictions, targets)
    return Result(value.detach().reshape(1), gradient(value, predictions), False)


def apply(case: Case, predictions: Tensor, targets: Tensor, reduction: str) -> Tensor:
    """The loss; inside weights multiply the difference, which then meets a target of zero."""
    if case.inside_weights is not None:
        predictions = (predictions - targets) * case.inside_weights.double()
        targets = torch.zeros_like(predictions)
    return case.loss.function(predictions, targets, case.parameters, reduction)


def spread_weights(case: Case, values: Tensor) -> Tensor:
    """The weights in the shape of the values: a row's weight holds for each of its elements."""
    if case.weights is None:
        return torch.ones_like(values).detach()
    weights = case.weights.double()
    return weights.reshape(-1, 1).expand_as(values) if weights.dim() < values.dim() else weights


def find_divisor(case: Case, weights: Tensor) -> float:
    """What the reduction divides the weighted sum by."""
    if case.reduction == "sum":
        return 1.0
    has_classes = not case.targets.is_floating_point()
    kept = case.targets != case.parameters.get("ignore_index", -100) if has_classes else None
    if case.reduction == "mean":
        return float(weights.numel() if kept is None else kept.sum())
    if kept is None:
        return float(weights.sum())
    class_weights = as_double(case.parameters.get("class_weights"))
    if class_weights is not None:
        weights = weights * class_weights[case.targets.where(kept, torch.tensor(0))]
    return float(weights[kept].sum())


def compare_with_torch(case: Case, value: Tensor, predictions: Tensor, targets: Tensor) -> None:
    """Fail where PyTorch reduces by the same rule and comes to another value."""
    if case.weights is not None:
        return
    dense_rows = case.loss.by_row and case.targets.is_floating_point()
    has_classes = case.loss.by_row and not dense_rows
    unweighted = case.parameters.get("class_weights") is None
    same_mean = not has_classes or case.reduction == "weighted_mean" or unweighted
    if case.reduction == "sum" or same_mean:
        reduction = "sum" if case.reduction == "sum" else "mean"
        torch.testing.assert_close(apply(case, predictions, targets, reduction).detach(), value)


def gradient(value: Tensor, predictions: Tensor) -> Tensor:
    """The derivative of `value` by each prediction."""
    if not value.requires_grad:
        # A reference may make a constant of boxes that share nothing.
        return torch.zeros_like(predictions)
    return torch.autograd.grad(value, predictions)[0]


# ----------------------------------------------------------------------------------------- inputs


@dataclass
class Inputs:
    """Draws predictions, targets and weights, all from one seeded generator."""

    generator: torch.Generator = field(default_factory=lambda: torch.Generator().manual_seed(SEED))

    def normal(self, rows: int, width: int, scale: float = 3.0) -> Tensor:
        """Normally distributed values."""
        return torch.randn(rows, width, generator=self.generator) * scale

    def uniform(self, *shape: int) -> Tensor:
        """Values in 0 ... 1."""
        return torch.rand(*shape, generator=self.generator)

    def classes(self, rows: int, width: int) -> Tensor:
        """A class a row."""
        return torch.randint(0, width, (rows,), generator=self.generator)

    def pick(self, rows: int, width: int, values: list[float]) -> Tensor:
        """Each element one of `values`."""
        chosen = torch.randint(0, len(values), (rows, width), generator=self.generator)
        return torch.tensor(values, dtype=torch.float32)[chosen]

    def logits(self) -> Iterator[tuple[str, Tensor]]:
        """Predictions without bounds: ordinary, wide, extreme, tied, few."""
        yield "ordinary", self.normal(13, 5)
        yield "ordinary", self.normal(13, 5)
        yield "width_1", self.normal(7, 1)
        yield "width_2", self.normal(9, 2)
        yield "width_21", self.normal(5, 21)
        yield "width_81", self.normal(3, 81)
        yield "large", self.pick(9, 5, [-1e4, -1e3, 0.0, 1e3, 1e4])
        yield "tiny", self.pick(9, 5, [-1e-30, -1e-20, 0.0, 1e-20, 1e-30])
        yield "large_and_tiny", self.pick(9, 5, [-1e4, -1e-30, 1e-30, 1.0, 1e4])
        yield "ties", self.pick(9, 5, [-2.0, 3.0])
        yield "all_equal", torch.full((4, 5), 7.25)
        yield "one_row", self.normal(1, 5)
        yield "empty", torch.zeros(0, 5)

    def weights(self, shape: torch.Size, kind: str) -> Tensor | None:
        """Weights by row or element, some of them zero; all of them zero; or none."""
        if kind == "none":
            return None
        if kind == "zero":
            return torch.zeros(shape[0])
        weights = self.uniform(shape[0]) if kind == "row" else self.uniform(*shape)
        return torch.where(weights < 0.2, torch.zeros_like(weights), weights * 4)


def class_weights(width: int) -> list[float]:
    """Positive weights of `width` classes, which float32 holds exactly."""
    return [0.25 + 0.5 * (index % 5) for index in range(width)]


def case_variants(weight_kinds: list[str]) -> Iterator[tuple[str, str]]:
    """Reductions and kinds of weights, cycling so that each pair is met in turn."""
    pairs = list(itertools.product(weight_kinds, REDUCTIONS))
    for index in itertools.count():
        # 5 has no factor in common with the number of pairs (12 or 16), so all are visited.
        yield pairs[(index * 5) % len(pairs)][::-1]


# ------------------------------------------------------------------------------------------ cases


def softmax_parameters(width: int) -> list[Parameters]:
    """The combinations of parameters that softmax cross-entropy is tried with."""
    plain = {"class_weights": None, "label_smoothing": 0.0, "ignore_index": -100}
    weighted = plain | {"class_weights": class_weights(width)}
    return [
        plain,
        weighted,
        plain | {"label_smoothing": 0.1},
        weighted | {"label_smoothing": 0.25, "ignore_index": 255},
        plain | {"ignore_index": -1},
        weighted | {"ignore_index": 0},
        plain | {"label_smoothing": 1.0},
    ]


def class_cases(loss: Loss, inputs: Inputs) -> Iterator[Case]:
    """Cases with a class a row, for softmax cross-entropy and nll."""
    variants = case_variants(["none", "row", "zero"])
    counter = itertools.count()
    for repeat in range(3):
        for label, logits in inputs.logits():
            rows, width = logits.shape
            parameters = class_parameters(loss, width, next(counter))
            targets = inputs.classes(rows, width)
            if repeat == 1:
                targets[::3] = parameters["ignore_index"]
            yield make_class_case(loss, label, logits, targets, parameters, inputs, next(variants))
    for reduction in REDUCTIONS:
        logits = inputs.normal(4, 5)
        parameters = class_parameters(loss, 5, next(counter))
        targets = torch.full((4,), parameters["ignore_index"])
        variant = (reduction, "none")
        yield make_class_case(loss, "all_ignored", logits, targets, parameters, inputs, variant)
    for reduction, kind in (("mean", "none"), ("weighted_mean", "none"), ("sum", "row")):
        logits, targets = inputs.normal(4, 5), inputs.classes(4, 5)
        parameters = class_parameters(loss, 5, 0) | {"class_weights": [0.0] * 5}
        label, variant = "zero_class_weights", (reduction, kind)
        yield make_class_case(loss, label, logits, targets, parameters, inputs, variant)


def class_parameters(loss: Loss, width: int, index: int) -> Parameters:
    """The parameters for case number `index`; nll has no label smoothing."""
    choices = softmax_parameters(width)
    parameters = dict(choices[index % len(choices)])
    if loss is NLL:
        del parameters["label_smoothing"]
    return parameters


def make_class_case(
    loss: Loss,
    label: str,
    logits: Tensor,
    targets: Tensor,
    parameters: Parameters,
    inputs: Inputs,
    variant: tuple[str, str],
) -> Case:
    """A case on logits, or for nll on their log-probabilities."""
    reduction, kind = variant
    predictions = logits.double().log_softmax(1).float() if loss is NLL else logits
    weights = inputs.weights(logits.shape, kind)
    return Case(loss, label, predictions, targets, parameters, reduction, weights)


def distribution_cases(inputs: Inputs) -> Iterator[Case]:
    """Softmax cross-entropy against distributions over classes, soft and one-hot."""
    variants = case_variants(["none", "row", "zero"])
    parameters = itertools.cycle(range(4))
    for label, logits in inputs.logits():
        rows, width = logits.shape
        soft = inputs.normal(rows, width).softmax(1)
        one_hot = F.one_hot(inputs.classes(rows, width), width).float()
        for kind, targets in (("soft", soft), ("one_hot", one_hot)):
            chosen = softmax_parameters(width)[next(parameters)] | {"ignore_index": -100}
            reduction, weight_kind = next(variants)
            weights = inputs.weights(logits.shape, weight_kind)
            yield Case(
                SOFTMAX, f"{label}_{kind}", logits, targets, chosen, reduction, weights
            )


def bce_cases(inputs: Inputs) -> Iterator[Case]:
    """Binary cross-entropy of probabilities, the ends of the interval among them."""
    variants = case_variants(["none", "row", "element", "zero"])
    edges = [0.0, 1e-30, 1e-13, 1e-7, 0.5, 1 - 2**-24, 1.0]
    shapes = [(13, 5), (7, 1), (9, 2), (5, 21), (3, 81), (1, 5), (0, 5)]
    given = [("ordinary", inputs.uniform(*shape)) for shape in shapes]
    given += [("edges", inputs.pick(9, 5, edges)) for _ in range(3)]
    given += [("all_equal", torch.full((4, 5), 0.5))]
    for label, probabilities in given:
        hard = inputs.pick(*probabilities.shape, [0.0, 1.0])
        soft = inputs.pick(*probabilities.shape, [0.0, 0.125, 0.5, 0.9, 1.0])
        for targets in (hard, soft):
            reduction, kind = next(variants)
            weights = inputs.weights(targets.shape, kind)
            yield Case(BCE, label, probabilities, targets, {}, reduction, weights)


def bce_with_logits_cases(inputs: Inputs) -> Iterator[Case]:
    """Binary cross-entropy of logits; `pos_weight` as one number and as one a column."""
    variants = case_variants(["none", "row", "element", "zero"])
    for repeat in range(2):
        for index, (label, logits) in enumerate(inputs.logits()):
            hard = inputs.pick(*logits.shape, [0.0, 1.0])
            soft = inputs.pick(*logits.shape, [0.0, 0.125, 0.5, 0.9, 1.0])
            targets = (hard, soft)[repeat]
            pos_weights = (1.0, 2.5, class_weights(logits.shape[1]))
            parameters = {"pos_weight": pos_weights[(index + repeat) % 3]}
            reduction, kind = next(variants)
            weights = inputs.weights(logits.shape, kind)
            yield Case(BCE_LOGITS, label, logits, targets, parameters, reduction, weights)


def sigmoid_focal_cases(inputs: Inputs) -> Iterator[Case]:
    """Focal loss of logits, hard and soft targets.

    Soft ones on few logits: where the gradient changes its sign, no digit of it is sure.
    """
    variants = case_variants(["none", "row", "element", "zero"])
    parameters = itertools.cycle(
        [
            {"alpha": 0.25, "gamma": 2.0},
            {"alpha": -1.0, "gamma": 2.0},
            {"alpha": 0.75, "gamma": 1.5},
            {"alpha": 0.25, "gamma": 0.0},
            {"alpha": 0.5, "gamma": 0.5},
        ]
    )
    for repeat in range(2):
        for label, logits in inputs.logits():
            hard = inputs.pick(*logits.shape, [0.0, 1.0])
            soft = inputs.pick(*logits.shape, [0.0, 0.125, 0.5, 0.9, 1.0])
            if repeat == 1 and logits.numel() > 100:
                continue
            targets = (hard, soft)[repeat]
            reduction, kind = next(variants)
            weights = inputs.weights(logits.shape, kind)
            yield Case(
                SIGMOID_FOCAL, label, logits, targets, next(parameters), reduction, weights
            )


def difference_cases(loss: Loss, choices: list[Parameters], inputs: Inputs) -> Iterator[Case]:
    """Cases of a loss on differences: ordinary ones, kinks, and with inside weights."""
    variants = case_variants(["none", "row", "element", "zero"])
    counter = itertools.count()
    for label, predictions in inputs.logits():
        targets = inputs.normal(*predictions.shape)
        parameters = choices[next(counter) % len(choices)]
        reduction, kind = next(variants)
        weights = inputs.weights(predictions.shape, kind)
        yield Case(loss, label, predictions, targets, parameters, reduction, weights)
    for parameters in choices:
        predictions, targets = kinks(parameters)
        yield Case(loss, "kinks", predictions, targets, parameters, "none")
    if loss is SMOOTH_L1:
        for parameters in choices * 2:
            predictions, targets = inputs.normal(13, 4), inputs.normal(13, 4)
            inside = inputs.pick(13, 4, [0.0, 0.5, 1.0, 2.0])
            reduction, kind = next(variants)
            weights = inputs.weights(predictions.shape, kind)
            yield Case(
                loss, "inside_weights", predictions, targets, parameters, reduction, weights, inside
            )


def boxes(inputs: Inputs, rows: int, place: float, sides: float) -> Tensor:
    """Boxes at up to `place`, their sides between a tenth of `sides` and `sides`."""
    corners = inputs.uniform(rows, 2) * place
    return torch.cat([corners, corners + (0.1 + 0.9 * inputs.uniform(rows, 2)) * sides], dim=1)


def box_pairs(inputs: Inputs) -> Iterator[tuple[str, Tensor, Tensor]]:
    """Predicted boxes and targets: near each other, apart, one in the other, with common sides."""
    for _ in range(3):
        near = boxes(inputs, 13, 500.0, 100.0)
        yield "ordinary", near + inputs.normal(13, 4, 2.0), near
    yield "anywhere", boxes(inputs, 13, 50.0, 100.0), boxes(inputs, 13, 50.0, 100.0)
    apart = boxes(inputs, 9, 100.0, 50.0)
    yield "apart", apart, apart + torch.tensor([[200.0, 0.0, 200.0, 0.0]])
    yield "inside", near + torch.tensor([[1.0, 2.0, -3.0, -1.0]]), near
    yield "outside", near, near + torch.tensor([[1.0, 2.0, -3.0, -1.0]])
    yield "small", boxes(inputs, 9, 0.5, 1.0), boxes(inputs, 9, 0.5, 1.0)
    yield "large", boxes(inputs, 9, 1e4, 1e4), boxes(inputs, 9, 1e4, 1e4)
    whole = boxes(inputs, 9, 50.0, 40.0).round()
    whole[:, 2:] += 1
    yield "equal", whole, whole.clone()
    yield "touching", whole, whole + (whole[:, 2:3] - whole[:, :1]) * torch.tensor([[1, 0, 1, 0]])
    yield "common_sides", whole, whole + torch.tensor([[0.0, -2.0, 3.0, 0.0]])
    yield "one_row", near[:1] + 1, near[:1]
    yield "empty", torch.zeros(0, 4), torch.zeros(0, 4)


def box_cases(loss: Loss, inputs: Inputs) -> Iterator[Case]:
    """Cases of a loss on boxes; the two epsilons of torchvision's complete IoU loss are kept equal."""
    variants = case_variants(["none", "row", "zero"])
    for eps in [1e-7] if loss is CIOU else [1e-7, 1e-3]:
        for label, predictions, targets in box_pairs(inputs):
            reduction, kind = next(variants)
            weights = inputs.weights(torch.Size([len(predictions)]), kind)
            yield Case(loss, label, predictions, targets, {"eps": eps}, reduction, weights)


def mmdet_box_cases(loss: Loss, inputs: Inputs) -> Iterator[Case]:
    """Cases of mmdetection's losses on boxes, whose epsilon is the least divisor."""
    variants = case_variants(["none", "row", "zero"])
    choices = [{"form": form} for form in ("log", "linear", "square")]
    for choice in choices if loss is MMDET_IOU else [{}]:
        for label, predictions, targets in box_pairs(inputs):
            reduction, kind = next(variants)
            weights = inputs.weights(torch.Size([len(predictions)]), kind)
            parameters = choice | {"eps": 1e-6, "divisor": "at_least_eps"}
            yield Case(loss, label, predictions, targets, parameters, reduction, weights)


def inverted_box_cases(inputs: Inputs) -> Iterator[Case]:
    """Predicted boxes with negative sides, as deltas may lead to, of all losses on boxes."""
    targets = boxes(inputs, 12, 200.0, 100.0)
    near = targets + inputs.normal(12, 4, 2.0)
    swapped = torch.cat([near[:4, [2, 1, 0, 3]], near[4:8, [0, 3, 2, 1]], near[8:, [2, 3, 0, 1]]])
    for loss in (IOU, GIOU, DIOU, CIOU):
        yield Case(loss, "inverted", swapped, targets, {"eps": 1e-7}, "sum")
    for loss in (MMDET_IOU, MMDET_GIOU):
        parameters = {"eps": 1e-6, "divisor": "at_least_eps"}
        form = {"form": "square"} if loss is MMDET_IOU else {}
        yield Case(loss, "inverted", swapped, targets, form | parameters, "sum")


def soft_targets(inputs: Inputs, shape: torch.Size) -> Tensor:
    """Soft targets of which most are 0."""
    return inputs.pick(*shape, [0.0, 0.0, 0.0, 0.125, 0.5, 0.9, 1.0])


def logit_focal_cases(loss: Loss, choices: list[Parameters], inputs: Inputs) -> Iterator[Case]:
    """Cases of a focal loss of logits, with hard and with soft targets."""
    variants = case_variants(["none", "row", "element", "zero"])
    parameters = itertools.cycle(choices)
    for repeat in range(2):
        for label, logits in inputs.logits():
            hard = inputs.pick(*logits.shape, [0.0, 1.0])
            soft = soft_targets(inputs, logits.shape)
            reduction, kind = next(variants)
            weights = inputs.weights(logits.shape, kind)
            targets = (hard, soft)[repeat]
            yield Case(loss, label, logits, targets, next(parameters), reduction, weights)


def probability_cases(loss: Loss, choices: list[Parameters], inputs: Inputs) -> Iterator[Case]:
    """Cases of a focal loss of probabilities."""
    variants = case_variants(["none", "row", "element", "zero"])
    parameters = itertools.cycle(choices)
    shapes = [(13, 5), (7, 1), (5, 21), (3, 81), (1, 5), (0, 5)]
    given = [("ordinary", inputs.uniform(*shape) * 0.98 + 0.01) for shape in shapes]
    given += [("near_ends", inputs.pick(9, 5, [1e-6, 1e-3, 0.25, 0.999, 1 - 2**-20]))] * 2
    for label, probabilities in given:
        hard = inputs.pick(*probabilities.shape, [0.0, 1.0])
        soft = hard if loss is FOCAL_OF_PROBABILITIES else soft_targets(inputs, hard.shape)
        for targets in (hard, soft):
            reduction, kind = next(variants)
            weights = inputs.weights(targets.shape, kind)
            yield Case(loss, label, probabilities, targets, next(parameters), reduction, weights)


def softmax_focal_cases(inputs: Inputs) -> Iterator[Case]:
    """Cases of the focal loss on the softmax, of which one column has no other."""
    variants = case_variants(["none", "row", "zero"])
    gammas = itertools.cycle([2.0, 0.5, 1.0, 3.5])
    for repeat in range(2):
        for label, logits in inputs.logits():
            rows, width = logits.shape
            targets = inputs.classes(rows, width)
            reduction, kind = next(variants)
            weights = inputs.weights(logits.shape, kind)
            parameters = {
                "class_weights": class_weights(width) if repeat else None,
                "gamma": next(gammas),
            }
            if width == 1:
                continue
            yield Case(SOFTMAX_FOCAL, label, logits, targets, parameters, reduction, weights)


def overlap_cases(loss: Loss, choices: list[Parameters], inputs: Inputs) -> Iterator[Case]:
    """Cases of further losses on boxes.

    Not the same box twice where a reference divides 0 by 0, and no sides that are the same but for
    rounding where it is a kink.
    """
    variants = case_variants(["none", "row", "zero"])
    for parameters in choices:
        for label, predictions, targets in box_pairs(inputs):
            reduction, kind = next(variants)
            weights = inputs.weights(torch.Size([len(predictions)]), kind)
            is_equal = loss is MMDET_CIOU and label == "equal"
            if is_equal or (loss is BOUNDED_IOU and label == "apart"):
                continue
            yield Case(loss, label, predictions, targets, parameters, reduction, weights)


def distribution_focal_cases(inputs: Inputs) -> Iterator[Case]:
    """Cases of the distribution focal loss: numbers between bins, on them, and outside."""
    variants = case_variants(["none", "row", "zero"])
    margins = itertools.cycle([0.1, 0.01])
    for repeat in range(3):
        for label, logits in inputs.logits():
            rows, width = logits.shape
            numbers = inputs.uniform(rows) * (width - 0.5) - 0.25
            targets = (numbers, numbers.round(), numbers)[repeat]
            reduction, kind = next(variants)
            weights = inputs.weights(logits.shape, kind)
            parameters = {"margin": next(margins)}
            if width == 1:
                continue
            yield Case(DISTRIBUTION_FOCAL, label, logits, targets, parameters, reduction, weights)


def distillation_cases(inputs: Inputs) -> Iterator[Case]:
    """Cases of knowledge distillation, by another model's logits."""
    variants = case_variants(["none", "row", "zero"])
    temperatures = itertools.cycle([10.0, 1.0, 4.0])
    for _ in range(2):
        for label, logits in inputs.logits():
            targets = inputs.normal(*logits.shape)
            reduction, kind = next(variants)
            weights = inputs.weights(logits.shape, kind)
            parameters = {"temperature": next(temperatures)}
            if logits.shape[1] == 1:
                continue
            yield Case(
                KNOWLEDGE_DISTILLATION, label, logits, targets, parameters, reduction, weights
            )


def set_cases(loss: Loss, choices: list[Parameters], inputs: Inputs) -> Iterator[Case]:
    """Cases of a loss on sets, as logits and as probabilities.

    Logits of ordinary size: where all are sure, a reference is left with the difference of two equals.
    """
    variants = case_variants(["none", "row", "zero"])
    parameters = itertools.cycle(choices)
    for shape in [(13, 5), (7, 2), (5, 21), (3, 81), (1, 5), (0, 5)]:
        logits = inputs.normal(*shape, 2.0)
        hard = inputs.pick(*shape, [0.0, 1.0])
        soft = soft_targets(inputs, hard.shape)
        for predictions, activation in [(logits, "sigmoid"), (inputs.uniform(*shape), "none")]:
            for targets in (hard, soft):
                reduction, kind = next(variants)
                weights = inputs.weights(logits.shape, kind)
                chosen = next(parameters) | {"activation": activation}
                yield Case(loss, "ordinary", predictions, targets, chosen, reduction, weights)


def step_cases(
    loss: Loss, function: Remembering, choices: list[Parameters], inputs: Inputs, targets: str
) -> Iterator[Case]:
    """Cases of a loss that remembers: for each choice of parameters five steps, each after the one before."""
    variants = case_variants(["none", "row", "zero"])
    for parameters, width in itertools.product(choices, (4, 9)):
        state = None
        for step, rows in enumerate((13, 20, 1, 0, 24)):
            predictions = inputs.normal(rows, width)
            if targets == "classes":
                # The last column but those of no class at all is the background.
                compared = inputs.classes(rows, width - (loss.name == "seesaw"))
            elif targets == "bits":
                compared = inputs.pick(rows, width, [0.0, 0.0, 1.0])
            else:
                compared = predictions + inputs.normal(rows, width, 0.05)
            reduction, kind = next(variants)
            weights = inputs.weights(predictions.shape, kind if step else "none")
            spread = torch.ones(rows) if weights is None else weights
            if targets != "classes":
                spread = spread[:, None].expand(rows, width)

            def values(
                x: Tensor, y: Tensor, p: Parameters, reduction: str, spread=spread, state=state
            ) -> Tensor:
                return reduced(function(x, y, spread.double(), p, state).values, reduction)

            after = function(predictions.double(), compared, spread.double(), parameters, state)
            bound = Loss(loss.name, loss.torch_call, values, loss.by_row)
            next_state = None if after.state is None else after.state.detach().clone()
            yield Case(
                bound, f"step_{step}", predictions, compared, parameters, reduction, weights,
                state=state, next_state=next_state,
            )
            state = next_state


def remembering_cases(inputs: Inputs) -> Iterator[Case]:
    """Cases of losses that remember."""
    bins = [{"bins": 10, "momentum": 0}, {"bins": 10, "momentum": 0.75}, {"bins": 30, "momentum": 0.9}]
    yield from step_cases(GHM_C, ghm_c, bins, inputs, "bits")
    yield from step_cases(GHM_R, ghm_r, [{"mu": mu} | b for mu, b in zip((0.02, 0.02, 0.1), bins)], inputs, "near")
    seesaws = [
        {"p": 0.8, "q": 2.0, "eps": 0.01},
        {"p": 0.0, "q": 1.5, "eps": 0.1},
        {"p": 0.5, "q": 0.0, "eps": 0.01},
    ]
    yield from step_cases(SEESAW, seesaw, seesaws, inputs, "classes")
    equalizations = [{"mu": 0.8, "alpha": 4.0, "gamma": 12}, {"mu": 0.5, "alpha": 2.0, "gamma": 3}]
    yield from step_cases(EQUALIZATION_V2, equalization_v2, equalizations, inputs, "classes")


def further_cases(inputs: Inputs) -> Iterator[Case]:
    """Cases of losses that came later, behind all others, which they leave as they are."""
    focal = [{"alpha": 0.25, "gamma": 2.0}, {"alpha": 0.75, "gamma": 1.5}]
    given = {"activation": "none"}
    yield from probability_cases(FOCAL_OF_PROBABILITIES, [f | given for f in focal], inputs)
    yield from softmax_focal_cases(inputs)
    betas = [{"beta": 2.0}, {"beta": 1.5}, {"beta": 2.0}, {"beta": 3.0}]
    yield from logit_focal_cases(QUALITY_FOCAL, betas, inputs)
    yield from probability_cases(QUALITY_FOCAL, [beta | given for beta in betas], inputs)
    varifocals = [
        {"alpha": 0.75, "gamma": 2.0, "iou_weighted": True},
        {"alpha": 0.5, "gamma": 1.5, "iou_weighted": False},
    ]
    yield from logit_focal_cases(VARIFOCAL, varifocals, inputs)
    gaussians = [
        {"alpha": 2.0, "gamma": 4.0, "pos_weight": 1.0, "neg_weight": 1.0},
        {"alpha": 1.5, "gamma": 3.0, "pos_weight": 0.5, "neg_weight": 2.0},
    ]
    yield from probability_cases(GAUSSIAN_FOCAL, gaussians, inputs)
    balanced = [
        {"alpha": 0.5, "gamma": 1.5, "beta": 1.0},
        {"alpha": 0.25, "gamma": 1.0, "beta": 0.5},
        {"alpha": 1.0, "gamma": 2.0, "beta": 1.0},
    ]
    yield from difference_cases(BALANCED_L1, balanced, inputs)
    eps = {"eps": 1e-7}
    yield from overlap_cases(MMDET_CIOU, [eps | {"convention": "mmdetection"}], inputs)
    yield from overlap_cases(ULTRALYTICS_CIOU, [eps | {"convention": "ultralytics"}], inputs)
    yield from overlap_cases(
        EIOU, [eps | {"smooth_point": 0.1}, {"eps": 1e-3, "smooth_point": 0.3}], inputs
    )
    yield from overlap_cases(SIOU, [eps | {"neg_gamma": sign} for sign in (True, False)], inputs)
    yield from overlap_cases(
        BOUNDED_IOU, [{"beta": 0.2, "eps": 1e-3}, {"beta": 0.5, "eps": 1e-2}], inputs
    )
    yield from overlap_cases(MPDIOU, [eps | {"image_size": [640, 480]}], inputs)
    yield from overlap_cases(NWD, [{"constant": 12.8}, {"constant": 40.0}], inputs)
    yield from distribution_focal_cases(inputs)
    yield from distillation_cases(inputs)
    dices = [{"naive": naive, "eps": eps} for eps in (1e-3, 1.0) for naive in (False, True)]
    yield from set_cases(DICE, dices + dices[:1], inputs)
    tverskys = [{"alpha": 0.3, "beta": 0.7, "eps": 1e-3}, {"alpha": 0.6, "beta": 0.2, "eps": 1.0}]
    yield from set_cases(TVERSKY, tverskys + tverskys[:1], inputs)


def multi_positive_cases(inputs: Inputs) -> Iterator[Case]:
    """Cases of rows with several right columns, of which some have none, or no wrong one."""
    variants = case_variants(["none", "row", "zero"])
    for label, logits in inputs.logits():
        targets = inputs.pick(*logits.shape, [0.0, 1.0])
        targets[::4] = targets[::4, :1]
        reduction, kind = next(variants)
        weights = inputs.weights(logits.shape, kind)
        # Where all differences are huge, mmdetection's own sums leave single columns nothing.
        if label not in ("large", "large_and_tiny"):
            yield Case(MULTI_POSITIVE, label, logits, targets, {}, reduction, weights)


def last_cases(inputs: Inputs) -> Iterator[Case]:
    """Cases behind those of losses that remember."""
    yield from multi_positive_cases(inputs)
    yield from overlap_cases(BOX_L1, [{}], inputs)


def kinks(parameters: Parameters) -> tuple[Tensor, Tensor]:
    """Differences of exactly zero and exactly plus and minus the width of the quadratic part."""
    width = parameters.get("beta", parameters.get("delta", 1.0))
    if "sigma" in parameters:
        width = 1 / parameters["sigma"] ** 2
    differences = torch.tensor([[0.0, -0.0, width, -width, width / 2, -2 * width]])
    return torch.cat([differences, differences + 1]), torch.tensor([[0.0], [1.0]]).expand(2, 6)


def all_cases() -> Iterator[Case]:
    """Every case in the file, in order."""
    inputs = Inputs()
    yield from class_cases(SOFTMAX, inputs)
    yield from distribution_cases(inputs)
    yield from class_cases(NLL, inputs)
    yield from bce_cases(inputs)
    yield from bce_with_logits_cases(inputs)
    betas = [{"beta": beta} for beta in (1.0, 0.0, 0.5, 1 / 9)]
    sigmas = [{"sigma": sigma} for sigma in (1.0, 2.0, 3.0)]
    yield from difference_cases(SMOOTH_L1, betas + sigmas, inputs)
    yield from difference_cases(HUBER, [{"delta": delta} for delta in (1.0, 0.25, 4.0)], inputs)
    yield from difference_cases(L1, [{}], inputs)
    yield from difference_cases(L2, [{}], inputs)
    for loss in (IOU, GIOU, DIOU, CIOU):
        yield from box_cases(loss, inputs)
    yield from sigmoid_focal_cases(inputs)
    for loss in (MMDET_IOU, MMDET_GIOU):
        yield from mmdet_box_cases(loss, inputs)
    yield from inverted_box_cases(inputs)
    yield from further_cases(inputs)
    yield from remembering_cases(inputs)
    yield from last_cases(inputs)
    large = {"eps": 0.01}
    yield from overlap_cases(ULTRALYTICS_CIOU, [large | {"convention": "ultralytics"}], inputs)
    forms = [{"form": form, "divisor": "at_least_eps"} for form in ("linear", "log", "square")]
    yield from overlap_cases(MMDET_IOU, [large | form for form in forms], inputs)


# ---------------------------------------------------------------------------------------- writing


def describe_call(case: Case) -> str:
    """The PyTorch call in words."""
    call = case.loss.torch_call
    words = call if call.startswith(("torchvision", "mmdet", "bbox_iou")) else f"torch.{call}"
    if "sigma" in case.parameters:
        words += " with beta = 1 / sigma^2"
    if case.inside_weights is not None:
        words += " of inside_weights * (predictions - targets) against zero"
    if case.weights is not None:
        words += ", each value times its weight"
    return words


def main() -> None:
    """Evaluate all cases and write them."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    default = Path(__file__).with_name("losses.safetensors")
    parser.add_argument("--output", type=Path, default=default)
    arguments = parser.parse_args()
    torch.set_num_threads(1)

    tensors: dict[str, Tensor] = {}
    facts: list[dict[str, object]] = []
    for number, case in enumerate(all_cases()):
        name = f"{case.loss.name}.{number:03d}.{case.label}"
        result = evaluate(case)
        if not (result.value.isfinite().all() and result.gradient.isfinite().all()):
            raise ArithmeticError(f"{name}: the value or the gradient is not finite")
        parts = {
            "predictions": case.predictions,
            "targets": case.targets,
            "weights": case.weights,
            "inside_weights": case.inside_weights,
            "state": case.state,
            "next_state": case.next_state,
            "value": result.value,
            "gradient": result.gradient,
        }
        tensors |= {f"{name}/{part}": t for part, t in parts.items() if t is not None}
        fact = {
            "name": name,
            "loss": case.loss.name,
            "parameters": case.parameters,
            "reduction": case.reduction,
            "torch": describe_call(case),
        }
        facts.append(fact | ({"torch_is_nan": True} if result.torch_is_nan else {}))
    write_safetensors(arguments.output, tensors, {"cases": facts})
    print(f"{len(facts)} cases")


if __name__ == "__main__":
    main()
