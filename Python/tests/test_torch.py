"""Objectives on tensors of PyTorch."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

import losskit

SIZES = [(64, 96), (64, 96)]
SHARED = {
    "name": "shared",
    "extends": "retinanet_torchvision",
    "stages": {
        "retinanet": {
            "priors": {"sizes": [[16], [32]], "strides": [8, 16]},
            "terms": {
                "retinanet_cls": {"prediction": ["cls_0", "cls_1"]},
                "retinanet_box": {"prediction": ["box_0", "box_1"], "weight": 2},
                # A second term on the same tensors.
                "boxes_again": {
                    "prediction": ["box_0", "box_1"], "layout": "n (a c) h w", "target": "decoded_box",
                    "loss": "giou", "normalizer": {"by": "positives", "floor": 1}, "weight": 0.5,
                },
            },
        }
    },
}  # fmt: skip


def objective(**options: Any) -> losskit.Objective:
    """Two levels, three terms, of which two read the same tensors."""
    return losskit.Objective(SHARED, **options)


def predictions(dtype: torch.dtype = torch.float32) -> dict[str, Tensor]:
    """For two images, three anchors a cell and four columns of classes."""
    generator = torch.Generator().manual_seed(0)
    return {
        f"{name}_{level}": (
            torch.randn(2, 3 * width, *size, generator=generator, dtype=torch.float64) * 0.5
        ).to(dtype).requires_grad_()
        for name, width in (("cls", 4), ("box", 4))
        for level, size in enumerate(((8, 12), (4, 6)))
    }  # fmt: skip


def targets() -> list[dict[str, Tensor]]:
    """Two objects, and none."""
    return [
        {"boxes": torch.tensor([[5.0, 5, 21, 25], [30, 8, 70, 40]]), "labels": torch.tensor([1, 3])},
        {"boxes": torch.zeros(0, 4), "labels": torch.zeros(0, dtype=torch.int64)},
    ]


def call(given: dict[str, Tensor], **options: Any) -> losskit.Losses[Tensor]:
    """The losses of these predictions."""
    losses: losskit.Losses[Tensor] = objective()(given, targets(), image_sizes=SIZES, **options)
    return losses


def gradients(total: Tensor, given: dict[str, Tensor], **options: Any) -> list[Tensor]:
    """By each prediction."""
    return list(torch.autograd.grad(total, list(given.values()), **options))


def test_values_and_gradients_are_those_of_numpy() -> None:
    given = predictions()
    losses = call(given)
    arrays = objective()(
        {name: tensor.detach().numpy() for name, tensor in given.items()},
        [{name: value.numpy() for name, value in target.items()} for target in targets()],
        image_sizes=SIZES,
    )
    assert losses.keys() == arrays.keys()
    for name in losses:
        assert losses[name].item() == np.float32(arrays[name])
    assert losses.total.item() == pytest.approx(sum(loss.item() for loss in losses.values()))
    assert losses.counts == arrays.counts
    for name, found in zip(given, gradients(losses.total, given), strict=True):
        np.testing.assert_array_equal(found.numpy(), arrays.gradients[name])


def test_the_gradient_is_right_for_any_weights_of_terms() -> None:
    given = predictions(torch.float64)

    def weighted(*tensors: Tensor) -> Tensor:
        losses = call(dict(zip(given, tensors, strict=True)))
        a, b, c = losses.values()
        return 2 * a - 0.5 * b + 3 * c * c + losses.total

    assert torch.autograd.gradcheck(weighted, tuple(given.values()), eps=1e-6, atol=1e-6, fast_mode=True)


def test_losses_can_be_changed_in_place() -> None:
    given = predictions()
    losses = call(given)
    expected = gradients(losses.total + losses["retinanet.boxes_again"], given, retain_graph=True)
    total = losses.total
    losses["retinanet.boxes_again"] *= 2
    total -= losses["retinanet.boxes_again"] / 2
    total += losses["retinanet.boxes_again"]
    for found, wanted in zip(gradients(total, given), expected, strict=True):
        torch.testing.assert_close(found, wanted)


def test_terms_that_nobody_asks_for_have_no_gradient() -> None:
    given = predictions()
    losses = call(given)
    by_class = gradients(losses["retinanet.retinanet_cls"], given, allow_unused=True)
    assert by_class[0] is not None
    assert all(found is None or not found.any() for found in by_class[2:])


def test_kept_gradients_of_terms_add_up_to_the_total() -> None:
    given = predictions()
    losses = call(given, term_gradients=True)
    found = dict(zip(given, gradients(losses.total, given), strict=True))
    for name, gradient in found.items():
        parts = [terms[name] for terms in losses.term_gradients.values() if name in terms]
        torch.testing.assert_close(sum(parts), gradient)


def test_no_gradient_where_none_is_asked_for() -> None:
    given = predictions()
    with torch.no_grad():
        losses = call(given)
    assert not losses.total.requires_grad
    assert not losses.gradient_norms
    plain = call({name: tensor.detach() for name, tensor in given.items()})
    assert not plain.total.requires_grad
    assert plain.total == losses.total
    given["cls_0"].requires_grad_(False)
    call(given).total.backward()
    assert given["cls_0"].grad is None
    assert given["box_1"].grad is not None


def test_backward_can_be_repeated() -> None:
    given = predictions()
    total = call(given).total
    first = gradients(total, given, retain_graph=True)
    again = gradients(total * 3, given)
    for one, three in zip(first, again, strict=True):
        torch.testing.assert_close(three, 3 * one)


def test_double_backward_is_refused() -> None:
    given = predictions()
    found = gradients(call(given).total, given, create_graph=True)
    with pytest.raises(NotImplementedError, match="first derivatives alone"):
        found[0].square().sum().backward()


def test_torch_func_is_refused() -> None:
    given = predictions()

    def total(tensors: dict[str, Tensor]) -> Tensor:
        return call(tensors).total

    plain = {name: tensor.detach() for name, tensor in given.items()}
    with pytest.raises(NotImplementedError, match=r"torch\.func"):
        torch.func.grad(total)(plain)
    with pytest.raises(NotImplementedError, match=r"torch\.func"):
        torch.func.vmap(total)({name: tensor[None] for name, tensor in plain.items()})


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_halves_are_what_their_singles_are(dtype: torch.dtype) -> None:
    halves = predictions(dtype)
    singles = {name: t.detach().float().requires_grad_() for name, t in halves.items()}
    losses, expected = call(halves), call(singles)
    assert losses.total.dtype == torch.float32
    assert losses.total == expected.total
    pairs = zip(gradients(losses.total, halves), gradients(expected.total, singles), strict=True)
    for half, single in pairs:
        assert half.dtype == dtype
        assert torch.equal(half, single.to(dtype))


def test_autocast() -> None:
    given = predictions()
    layer = torch.nn.Conv2d(12, 12, 1)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        scores = layer(given["cls_0"].detach())
        assert scores.dtype == torch.bfloat16
        losses = call(given | {"cls_0": scores})
    losses.total.backward()
    assert layer.weight.grad is not None
    assert layer.weight.grad.any()


def test_doubles_are_evaluated_in_double_precision() -> None:
    given = predictions(torch.float64)
    losses = call(given)
    assert losses.total.dtype == torch.float64
    assert losses.total.item() != call(predictions()).total.item()
    assert all(found.dtype == torch.float64 for found in gradients(losses.total, given))


def test_strided_tensors_are_read_where_they_lie() -> None:
    given = predictions()
    expected = call(given)
    turned = {
        name: tensor.detach().permute(2, 3, 0, 1).contiguous().permute(2, 3, 0, 1).requires_grad_()
        for name, tensor in given.items()
    }
    assert not turned["cls_0"].is_contiguous()
    losses = call(turned)
    assert losses.total == expected.total
    pairs = zip(gradients(losses.total, turned), gradients(expected.total, given), strict=True)
    assert all(torch.equal(found, wanted) for found, wanted in pairs)


@pytest.mark.parametrize("full", [False, True])
def test_torch_compile(full: bool) -> None:
    made = objective()
    given = predictions()

    def step(tensors: dict[str, Tensor], objects: list[dict[str, Tensor]]) -> Tensor:
        scaled = {name: 2 * tensor for name, tensor in tensors.items()}
        losses: losskit.Losses[Tensor] = made(scaled, objects, image_sizes=SIZES)
        return losses["retinanet.boxes_again"] * 3 + losses.total

    expected = step(given, targets())
    compiled = torch.compile(step, fullgraph=full, backend="aot_eager")
    found = compiled(given, targets())
    torch.testing.assert_close(found, expected)
    for one, other in zip(gradients(found, given), gradients(expected, given), strict=True):
        torch.testing.assert_close(one, other)


def test_targets_made_before_are_the_same() -> None:
    given = predictions()
    made = objective()
    kept = made.targets(targets(), image_sizes=SIZES, predictions=given)
    assert made(given, kept).total == call(given).total


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"cls_0": None}, KeyError, "cls_0"),
        ({"cls_0": torch.zeros(2, 12, 8, 12, dtype=torch.int64)}, ValueError, "dtype torch.int64"),
        ({"cls_0": torch.zeros(2, 12, 8, 12, dtype=torch.float64)}, ValueError, "double"),
        ({"cls_0": torch.zeros(2, 12, 8, 12, device="meta")}, ValueError, "on meta, others on cpu|on cpu"),
        ({"cls_0": np.zeros((2, 12, 8, 12), np.float32)}, ValueError, "ndarray"),
        ({"cls_0": torch.full((2, 12, 8, 12), torch.nan)}, losskit.NonFiniteError, "cls_0"),
        ({"cls_0": torch.zeros(2, 12, 8, 11)}, ValueError, "cls_0|box_0"),
    ],
)  # fmt: skip
def test_tensors_that_dont_do_are_refused(change: Any, error: type[Exception], said: str) -> None:
    given = {name: t for name, t in (predictions() | change).items() if t is not None}
    with pytest.raises(error, match=said):
        call(given)


def test_what_is_not_finite_may_be_skipped() -> None:
    given = predictions()
    with torch.no_grad():
        given["box_1"][1, 2, 3, 4] = torch.inf
    losses = objective(on_nonfinite="skip")(given, targets(), image_sizes=SIZES)
    assert losses.total == 0
    assert losses.skipped is not None
    assert "box_1" in losses.skipped
    assert not any(found.any() for found in gradients(losses.total, given))


class Steps(Dataset[float]):
    """Evaluates an objective in a worker of a loader."""

    def __len__(self) -> int:
        return 4

    def __getitem__(self, index: int) -> float:
        return float(call(predictions()).total.item())


def test_forked_workers_of_a_loader() -> None:
    expected = call(predictions()).total.item()
    loader = DataLoader(Steps(), num_workers=2, multiprocessing_context="fork", batch_size=1)
    assert [value.item() for value in loader] == [pytest.approx(expected)] * 4


def test_losskit_does_without_torch() -> None:
    code = "import sys; sys.modules['torch'] = None; import losskit; losskit.Objective('atss')"
    subprocess.run([sys.executable, "-c", code], check=True)
