"""Make `anchors.safetensors`, `boxes.safetensors` and `proposals.safetensors`.

The parts of a detector around its losses: grids of anchors, box coders, clipping, non-maximum
suppression, and the step from the outputs of the first stage to proposals; by torchvision and by
tf-faster-rcnn.

    make_proposals.py --tf-faster-rcnn DIR [--output DIR]
"""

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import torch
from repositories import load_tf_faster_rcnn
from safetensors_file import write_safetensors
from torch import Tensor, nn
from torchvision.models.detection._utils import BoxCoder
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.rpn import RegionProposalNetwork, concat_box_prediction_layers
from torchvision.ops import clip_boxes_to_image, nms

SEED = 20240905
RATIOS = (0.5, 1.0, 2.0)

Grid = tuple[int, int]
Parameters = dict[str, object]


class Cases:
    """Tensors and parameters of the cases of one file."""

    def __init__(self) -> None:
        self.tensors: dict[str, Tensor] = {}
        self.facts: list[Parameters] = []

    def add(self, name: str, parameters: Parameters, tensors: dict[str, Tensor]) -> None:
        """Add a case; its tensors become `<name>/<tensor>`."""
        self.facts.append({"name": name, "parameters": parameters})
        self.tensors |= {f"{name}/{key}": tensor for key, tensor in tensors.items()}

    def write(self, path: Path) -> None:
        """Write the file."""
        write_safetensors(path, self.tensors, {"cases": self.facts})
        print(f"{path.name}: {len(self.facts)} cases")


# ----------------------------------------------------------------------------------------- anchors


def anchor_cases(repository: SimpleNamespace) -> Cases:
    """Base anchors and grids by three conventions."""
    cases = Cases()
    for number, (base_size, scales, stride) in enumerate(
        ((16, (8, 16, 32), 16), (4, (2, 3), 4), (9, (1, 2), 8))
    ):
        add_py_faster_rcnn(cases, repository, number, base_size, scales, stride)
    add_torchvision(cases, "single", ((128, 256, 512),), (80, 112), ((5, 7),))
    sizes = ((16, 32), (48, 64), (33, 128))
    add_torchvision(cases, "pyramid", sizes, (130, 200), ((16, 25), (8, 12), (4, 6)))
    for offset in (0.0, 0.5):
        add_centred(cases, offset, (32, 45), 16, (5, 7))
    return cases


def add_py_faster_rcnn(
    cases: Cases,
    repository: SimpleNamespace,
    number: int,
    base_size: int,
    scales: tuple[int, ...],
    stride: int,
) -> None:
    """Rounded anchors around the middle of the first cell, (base_size - 1) / 2."""
    grid = (5, 7)
    base = repository.generate_anchors.generate_anchors(
        base_size=base_size, ratios=np.array(RATIOS), scales=np.array(scales)
    )
    anchors = grid_of(torch.from_numpy(base).float(), grid, (stride, stride), 0.0)
    if base_size == 16:
        whole, _ = repository.snippets.generate_anchors_pre(*grid, stride, scales, RATIOS)
        assert torch.equal(anchors, torch.from_numpy(whole))
    parameters = {
        "convention": "py_faster_rcnn",
        "base_size": base_size,
        "ratios": RATIOS,
        "scales": scales,
        "stride": stride,
        "grid": grid,
    }
    tensors = {"base": torch.from_numpy(base).float(), "grid": anchors}
    cases.add(f"py_faster_rcnn.{number}", parameters, tensors)


def grid_of(base: Tensor, grid: Grid, strides: tuple[int, int], offset: float) -> Tensor:
    """The base anchors at each cell: rows, then columns, then anchors."""
    y, x = ((torch.arange(n) + offset) * stride for n, stride in zip(grid, strides))
    y, x = torch.meshgrid(y, x, indexing="ij")
    return (torch.stack([x, y, x, y], dim=-1).reshape(-1, 1, 4) + base).reshape(-1, 4)


def add_torchvision(
    cases: Cases,
    name: str,
    sizes: Sequence[Sequence[int]],
    image: Grid,
    grids: Sequence[Grid],
) -> None:
    """torchvision's anchors, level after level."""
    generator = AnchorGenerator(tuple(sizes), (RATIOS,) * len(sizes))
    batch = ImageList(torch.zeros(1, 3, *image), [image])
    anchors = generator(batch, [torch.zeros(1, 1, *grid) for grid in grids])[0]
    parameters = {
        "convention": "torchvision",
        "sizes": sizes,
        "ratios": RATIOS,
        "image_size": image,
        "grids": grids,
        "strides": [(image[0] // grid[0], image[1] // grid[1]) for grid in grids],
    }
    bases = {f"base.{level}": base for level, base in enumerate(generator.cell_anchors)}
    cases.add(f"torchvision.{name}", parameters, bases | {"grid": anchors})


def add_centred(
    cases: Cases, offset: float, sizes: tuple[int, ...], stride: int, grid: Grid
) -> None:
    """Anchors of detectron2's convention, from its definition.

    For each size s, and for it each ratio r = height / width: width sqrt(s^2 / r), height r times
    that, around zero, not rounded; cell (row, column) moves them by (row, column) + offset strides.
    """
    shapes = [(math.sqrt(s * s / r), r * math.sqrt(s * s / r)) for s in sizes for r in RATIOS]
    base = torch.tensor([(-w / 2, -h / 2, w / 2, h / 2) for w, h in shapes])
    parameters = {
        "convention": "detectron2",
        "sizes": sizes,
        "ratios": RATIOS,
        "offset": offset,
        "stride": stride,
        "grid": grid,
    }
    tensors = {"base": base, "grid": grid_of(base, grid, (stride, stride), offset)}
    cases.add(f"detectron2.offset_{offset}", parameters, tensors)


# ------------------------------------------------------------------------------------------- boxes


def box_cases(repository: SimpleNamespace) -> Cases:
    """Encoding, decoding and clipping, evaluated in float64 on float32 boxes and deltas."""
    cases = Cases()
    generator = torch.Generator().manual_seed(SEED)
    priors, boxes = random_boxes(generator, 40, 400), random_boxes(generator, 40, 400)
    deltas = torch.randn(40, 4, generator=generator)
    deltas[:8] *= torch.tensor([1.0, 1.0, 30.0, 30.0])
    deltas[8:12] *= 100
    by_class = torch.randn(40, 12, generator=generator)
    clip = math.log(1000 / 16)
    for name, weights in (("one", (1.0, 1.0, 1.0, 1.0)), ("ten", (10.0, 10.0, 5.0, 5.0))):
        coder = BoxCoder(weights, clip)
        parameters = {"plus_one": False, "weights": weights, "clip": clip}
        encoded = coder.encode_single(boxes.double(), priors.double())
        tensors = {"priors": priors, "boxes": boxes, "deltas": encoded}
        cases.add(f"torchvision.encode.{name}", parameters, tensors)
        for kind, given in (("deltas", deltas), ("by_class", by_class)):
            decoded = coder.decode_single(given.double(), priors.double())
            tensors = {"priors": priors, "deltas": given, "boxes": decoded}
            cases.add(f"torchvision.decode.{name}.{kind}", parameters, tensors)
    transform = repository.bbox_transform
    encoded = torch.from_numpy(transform.bbox_transform(as_array(priors), as_array(boxes)))
    parameters = {"plus_one": True, "weights": (1.0, 1.0, 1.0, 1.0), "clip": None}
    tensors = {"priors": priors, "boxes": boxes, "deltas": encoded}
    cases.add("tf_faster_rcnn.encode", parameters, tensors)
    deltas = deltas.clamp(-6, 6)
    for kind, given in (("deltas", deltas), ("by_class", by_class)):
        decoded = transform.bbox_transform_inv(as_array(priors), as_array(given))
        tensors = {"priors": priors, "deltas": given, "boxes": torch.from_numpy(decoded)}
        cases.add(f"tf_faster_rcnn.decode.{kind}", parameters, tensors)
    add_clipping(cases, repository, random_boxes(generator, 40, 400) - 100)
    return cases


def add_clipping(cases: Cases, repository: SimpleNamespace, boxes: Tensor) -> None:
    """Boxes cut at the border of an image by both rules."""
    size = (150, 200)
    clipped = clip_boxes_to_image(boxes.double(), size)
    tensors = {"boxes": boxes, "clipped": clipped}
    cases.add("torchvision.clip", {"plus_one": False, "image_size": size}, tensors)
    clipped = repository.bbox_transform.clip_boxes(as_array(boxes).copy(), size)
    tensors = {"boxes": boxes, "clipped": torch.from_numpy(clipped)}
    cases.add("tf_faster_rcnn.clip", {"plus_one": True, "image_size": size}, tensors)


def random_boxes(generator: torch.Generator, count: int, limit: float) -> Tensor:
    """Boxes with sides from 1 pixel to half of `limit`."""
    corners = torch.rand(count, 2, generator=generator) * limit
    sides = 1 + torch.rand(count, 2, generator=generator) ** 2 * limit / 2
    return torch.cat([corners, corners + sides], dim=1)


def as_array(tensor: Tensor) -> np.ndarray:
    """A float64 array."""
    return tensor.double().numpy()


# --------------------------------------------------------------------------------------- proposals


def proposal_cases(repository: SimpleNamespace) -> Cases:
    """Proposals from the outputs of the first stage, and non-maximum suppression by itself."""
    cases = Cases()
    generator = torch.Generator().manual_seed(SEED + 1)
    sizes = [(128, 192), (112, 160)]
    for number, (before, after, min_size) in enumerate(((200, 50, 1e-3), (1000, 100, 16.0))):
        counts = {"pre_nms": before, "post_nms": after, "min_size": min_size}
        for kind, levels in (
            ("single", (((32, 64, 128),), ((8, 12),))),
            ("pyramid", (((32,), (64,), (128,)), ((16, 24), (8, 12), (4, 6)))),
        ):
            name = f"torchvision.{kind}.{number}"
            add_filter_proposals(cases, name, generator, sizes, *levels, counts)
        add_proposal_layer(cases, repository, number, generator, before, after)
    for number, threshold in enumerate((0.3, 0.5, 0.7)):
        add_suppression(cases, repository, number, generator, threshold)
    return cases


def add_filter_proposals(
    cases: Cases,
    name: str,
    generator: torch.Generator,
    image_sizes: list[Grid],
    sizes: Sequence[Sequence[int]],
    grids: Sequence[Grid],
    counts: Parameters,
) -> None:
    """torchvision's own `filter_proposals` on random outputs.

    Fails where double precision would keep other boxes, or keep them in another order.
    """
    number = len(image_sizes)
    per_cell = [len(level) * len(RATIOS) for level in sizes]
    shapes = [(number, a, *grid) for a, grid in zip(per_cell, grids)]
    scores = [torch.randn(shape, generator=generator) * 2 for shape in shapes]
    shapes = [(number, 4 * a, *grid) for a, grid in zip(per_cell, grids)]
    deltas = [torch.randn(shape, generator=generator) * 0.3 for shape in shapes]
    top = {"training": counts["pre_nms"]}, {"training": counts["post_nms"]}
    anchors = AnchorGenerator(tuple(sizes), (RATIOS,) * len(sizes))
    rpn = RegionProposalNetwork(anchors, nn.Identity(), 0.7, 0.3, 256, 0.5, *top, 0.7)
    rpn.min_size = counts["min_size"]

    def run(dtype: torch.dtype) -> tuple[list[Tensor], list[Tensor]]:
        batch = ImageList(torch.zeros(number, 3, *image_sizes[0]), image_sizes)
        priors = rpn.anchor_generator(batch, scores)
        flat, offsets = concat_box_prediction_layers(
            [level.to(dtype) for level in scores], [level.to(dtype) for level in deltas]
        )
        decoded = rpn.box_coder.decode(offsets, priors).reshape(number, -1, 4)
        levels = [math.prod(level.shape[1:]) for level in scores]
        return rpn.filter_proposals(decoded, flat, image_sizes, levels)

    boxes, probabilities = run(torch.float32)
    for single, double in zip(boxes, run(torch.float64)[0]):
        torch.testing.assert_close(single, double.float(), rtol=1e-5, atol=1e-3)
    parameters = counts | {
        "nms_iou": 0.7,
        "score_threshold": 0.0,
        "sizes": sizes,
        "ratios": RATIOS,
        "image_sizes": image_sizes,
        "padded_size": image_sizes[0],
        "grids": grids,
        "weights": (1.0, 1.0, 1.0, 1.0),
        "clip": math.log(1000 / 16),
    }
    tensors = {f"rpn_objectness.{level}": tensor for level, tensor in enumerate(scores)}
    tensors |= {f"rpn_bbox_pred.{level}": tensor for level, tensor in enumerate(deltas)}
    lengths = torch.tensor([len(b) for b in boxes])
    tensors |= {
        "proposals": torch.cat(boxes),
        "proposals_image": torch.arange(number).repeat_interleave(lengths),
        "scores": torch.cat(probabilities),
    }
    cases.add(name, parameters, tensors)


def add_proposal_layer(
    cases: Cases,
    repository: SimpleNamespace,
    number: int,
    generator: torch.Generator,
    before: int,
    after: int,
) -> None:
    """tf-faster-rcnn's `proposal_layer` with the NMS in Python that comes with it."""
    grid, stride, scales, size = (8, 12), 16, (2, 4, 8), (128, 192)
    count = len(scales) * len(RATIOS)
    scores = torch.randn(1, 2 * count, *grid, generator=generator) * 2
    deltas = torch.randn(1, 4 * count, *grid, generator=generator) * 0.3
    priors, _ = repository.snippets.generate_anchors_pre(*grid, stride, scales, RATIOS)
    probabilities = scores.reshape(1, 2, count, *grid).softmax(1).reshape(scores.shape)
    foreground = probabilities[:, count:]
    assert len(foreground.unique()) == foreground.numel(), "tied scores have no defined order"
    layer, train = repository.proposal_layer, repository.config.cfg.TRAIN
    limits = {"RPN_PRE_NMS_TOP_N": before, "RPN_POST_NMS_TOP_N": after}
    suppress = repository.py_cpu_nms.py_cpu_nms
    with patch.dict(train, limits), patch.object(layer, "nms", suppress):
        blob, kept = layer.proposal_layer(
            probabilities.permute(0, 2, 3, 1).numpy(),
            deltas.permute(0, 2, 3, 1).numpy(),
            np.array([*size, 1.0], dtype=np.float32),
            "TRAIN",
            [stride],
            priors,
            count,
        )
    parameters = {
        "base_size": 16,
        "scales": scales,
        "ratios": RATIOS,
        "stride": stride,
        "grid": grid,
        "image_size": size,
        "pre_nms": before,
        "post_nms": after,
        "nms_iou": train.RPN_NMS_THRESH,
    }
    tensors = {
        "rpn_cls_score": scores,
        "rpn_bbox_pred": deltas,
        "proposals": torch.from_numpy(blob[:, 1:]),
        "scores": torch.from_numpy(kept).reshape(-1),
    }
    cases.add(f"tf_faster_rcnn.{number}", parameters, tensors)


def add_suppression(
    cases: Cases,
    repository: SimpleNamespace,
    number: int,
    generator: torch.Generator,
    threshold: float,
) -> None:
    """Non-maximum suppression by itself; boxes lie on quarter pixels, so IoU is exact.

    The scores have ties, and two pairs of boxes have an IoU of exactly a half, one with and one
    without the +1. Sorting by NumPy leaves the order of ties open, so the rule with +1 gets
    distinct scores.
    """
    boxes = (random_boxes(generator, 80, 100) * 4).round() / 4
    apart = torch.tensor(
        [
            [200.0, 0.0, 240.0, 40.0],
            [200.0, 0.0, 240.0, 20.0],
            [300.0, 0.0, 339.0, 39.0],
            [300.0, 0.0, 339.0, 19.0],
        ]
    )
    boxes = torch.cat([boxes, boxes[:10], apart])
    scores = (torch.rand(len(boxes), generator=generator) * 20).round() / 20
    tensors = {"boxes": boxes, "scores": scores, "keep": nms(boxes, scores, threshold)}
    cases.add(f"torchvision.nms.{number}", {"plus_one": False, "iou": threshold}, tensors)
    scores = torch.randperm(len(boxes), generator=generator) / len(boxes)
    scored = torch.cat([boxes, scores[:, None]], dim=1)
    keep = repository.py_cpu_nms.py_cpu_nms(scored.numpy(), threshold)
    tensors = {"boxes": boxes, "scores": scores, "keep": torch.tensor([int(row) for row in keep])}
    cases.add(f"tf_faster_rcnn.nms.{number}", {"plus_one": True, "iou": threshold}, tensors)


def main() -> None:
    """Make and write all of them."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tf-faster-rcnn", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=Path(__file__).parent)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    repository = load_tf_faster_rcnn(arguments.tf_faster_rcnn)
    anchor_cases(repository).write(arguments.output / "anchors.safetensors")
    box_cases(repository).write(arguments.output / "boxes.safetensors")
    proposal_cases(repository).write(arguments.output / "proposals.safetensors")


if __name__ == "__main__":
    main()
