"""Make the `objective_*.safetensors`: whole training objectives by public implementations.

Each file is a bundle (ground truth, proposals, head outputs, the recorded draw) together with what
the implementation makes of it: assignments, box targets, the losses and their gradients.

    make_objectives.py --tf-faster-rcnn DIR --faster-rcnn-pytorch DIR --detectron2 DIR --yolox DIR
        [--output DIR]

The directories are checkouts (README.md says where from and of which commit); torchvision is the
installed one.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import detectron2_retinanet_objective
import fcos_objective
import mmdet_atss_objective
import mmdet_cascade_objective
import mmdet_detr_objective
import mmdet_faster_rcnn_objective
import mmdet_fcos_objective
import mmdet_gfl_objective
import mmdet_retinanet_objective
import mmdet_rtmdet_objective
import mmdet_sparse_rcnn_objective
import mmdet_ssd_objective
import mmdet_tood_objective
import mmdet_vfnet_objective
import mmdet_yolox_objective
import pytorch_objective
import retinanet_objective
import ssd_objective
import tf_objective
import torch
import torchvision_objective
import ultralytics_objective
import yolox_objective
from repositories import (
    load_detectron2,
    load_faster_rcnn_pytorch,
    load_tf_faster_rcnn,
    load_yolox,
)
from safetensors_file import write_safetensors
from scenes import CLASS_COUNT, Image, make_image, random_proposals


def main() -> None:
    """Make and write all of them."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tf-faster-rcnn", type=Path, required=True)
    parser.add_argument("--faster-rcnn-pytorch", type=Path, required=True)
    parser.add_argument("--detectron2", type=Path, required=True)
    parser.add_argument("--yolox", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=Path(__file__).parent)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    files = make_torchvision_files()
    files |= make_retinanet_files()
    files |= make_mmdet_files()
    files |= make_detectron2_files(arguments.detectron2)
    files |= make_fcos_files()
    files |= make_atss_files()
    files |= make_quality_files()
    files |= make_ssd_files()
    files |= make_detr_files()
    files |= make_sparse_rcnn_files()
    files |= make_mmdet_faster_rcnn_files()
    files |= make_task_aligned_files()
    files |= make_yolox_files(arguments.yolox)
    files |= make_tf_files(arguments.tf_faster_rcnn)
    files |= make_pytorch_files(arguments.faster_rcnn_pytorch)
    for name, (tensors, parameters) in files.items():
        write_safetensors(
            arguments.output / f"{name}.safetensors", tensors, {"parameters": parameters}
        )
        describe(name, tensors)


def make_torchvision_files() -> dict[str, tuple]:
    """Two images of different sizes, one crowded; and a pair, one of which has no object."""
    make = torchvision_objective.make_torchvision_objective
    pair = [make_image((256, 384), 2, seed=1), make_image((224, 352), 14, seed=2, corner=True)]
    with_empty = [make_image((128, 192), 3, seed=3), make_image((128, 160), 0, seed=4)]
    parameters = torchvision_objective.PARAMETERS
    return {
        "objective_torchvision": (make(pair, (256, 384), seed=11), parameters),
        "objective_torchvision_empty": (make(with_empty, (128, 192), seed=12), parameters),
    }


def make_retinanet_files() -> dict[str, tuple]:
    """Two images, of which the second has many objects, or none."""
    make = retinanet_objective.make_retinanet_objective
    pair = [make_image((112, 128), 3, seed=9), make_image((128, 120), 14, seed=10)]
    with_empty = [make_image((128, 112), 5, seed=11), make_image((120, 128), 0, seed=12)]
    parameters = retinanet_objective.PARAMETERS
    return {
        "objective_retinanet": (make(pair, (128, 128), seed=16), parameters),
        "objective_retinanet_empty": (make(with_empty, (128, 128), seed=17), parameters),
    }


def make_mmdet_files() -> dict[str, tuple]:
    """As for torchvision's RetinaNet, but without ties."""
    make = mmdet_retinanet_objective.make_mmdet_retinanet_objective
    pair = [without_ties((112, 128), 4, seed=13), without_ties((128, 120), 2, seed=14)]
    with_empty = [without_ties((128, 112), 15, seed=15), without_ties((120, 128), 0, seed=16)]
    parameters = mmdet_retinanet_objective.PARAMETERS
    return {
        "objective_retinanet_mmdet": (make(pair, (128, 128), seed=18), parameters),
        "objective_retinanet_mmdet_empty": (make(with_empty, (128, 128), seed=19), parameters),
    }


def make_detectron2_files(directory: Path) -> dict[str, tuple]:
    """As for mmdetection's RetinaNet."""
    repository = load_detectron2(directory)
    make = detectron2_retinanet_objective.make_detectron2_retinanet_objective
    pair = [without_ties((112, 128), 4, seed=25), without_ties((128, 120), 2, seed=26)]
    with_empty = [without_ties((128, 112), 15, seed=27), without_ties((120, 128), 0, seed=28)]
    parameters = detectron2_retinanet_objective.PARAMETERS
    return {
        "objective_retinanet_detectron2": (
            make(repository, pair, (128, 128), seed=26),
            parameters,
        ),
        "objective_retinanet_detectron2_empty": (
            make(repository, with_empty, (128, 128), seed=27),
            parameters,
        ),
    }


def make_fcos_files() -> dict[str, tuple]:
    """torchvision's FCOS, mmdetection's and its tuned variant; objects of several levels."""
    make, make_mmdet = (
        fcos_objective.make_fcos_objective,
        mmdet_fcos_objective.make_mmdet_fcos_objective,
    )
    pair = [without_ties((240, 256), 6, 17, 200.0), without_ties((256, 224), 12, 18, 160.0)]
    with_empty = [without_ties((120, 128), 7, 19, 100.0), without_ties((128, 128), 0, 20)]
    files = {
        "objective_fcos": (make(pair, (256, 256), seed=20), fcos_objective.PARAMETERS),
        "objective_fcos_empty": (make(with_empty, (128, 128), 21), fcos_objective.PARAMETERS),
    }
    for name, tuned, parameters in (
        ("fcos_mmdet", False, mmdet_fcos_objective.PARAMETERS),
        ("fcos_mmdet_tuned", True, mmdet_fcos_objective.TUNED_PARAMETERS),
    ):
        whole, empty = make_mmdet(pair, (256, 256), 22, tuned), make_mmdet(
            with_empty, (128, 128), 23, tuned
        )
        files[f"objective_{name}"] = (whole, parameters)
        files[f"objective_{name}_empty"] = (empty, parameters)
    return files


def make_atss_files() -> dict[str, tuple]:
    """mmdetection's ATSS."""
    make = mmdet_atss_objective.make_mmdet_atss_objective
    pair = [without_ties((240, 256), 6, 21, 200.0), without_ties((256, 224), 12, 22, 160.0)]
    with_empty = [without_ties((120, 128), 7, 23, 100.0), without_ties((128, 128), 0, 24)]
    of_two_sizes = [without_ties((128, 60), 5, 29, 60.0), without_ties((90, 128), 3, 30, 60.0)]
    parameters = mmdet_atss_objective.PARAMETERS
    return {
        "objective_atss": (make(pair, (256, 256), seed=24), parameters),
        "objective_atss_empty": (make(with_empty, (128, 128), seed=25), parameters),
        "objective_atss_padded": (make(of_two_sizes, (128, 128), seed=28, divisor=32), parameters),
    }


def make_quality_files() -> dict[str, tuple]:
    """mmdetection's GFL and VFNet."""
    gfl, vfnet = (
        mmdet_gfl_objective.make_mmdet_gfl_objective,
        mmdet_vfnet_objective.make_mmdet_vfnet_objective,
    )
    small = [without_ties((96, 120), 6, seed=61), without_ties((88, 128), 12, seed=62)]
    with_empty = [without_ties((56, 128), 5, seed=63, largest=50.0), without_ties((64, 120), 0, 64)]
    parameters = mmdet_atss_objective.PARAMETERS["atss"]
    return {
        "objective_gfl": (gfl(small, (96, 128), seed=61), {"gfl": parameters}),
        "objective_gfl_empty": (gfl(with_empty, (64, 128), seed=62), {"gfl": parameters}),
        "objective_vfnet": (vfnet(small, (96, 128), seed=63), {"vfnet": parameters}),
        "objective_vfnet_empty": (vfnet(with_empty, (64, 128), seed=64), {"vfnet": parameters}),
    }


def make_ssd_files() -> dict[str, tuple]:
    """torchvision's SSD and mmdetection's, whose smallest boxes are in pixels."""
    files: dict[str, tuple] = {}
    for name, make, module, seed in (
        ("ssd", ssd_objective.make_ssd_objective, ssd_objective, 29),
        ("ssd_mmdet", mmdet_ssd_objective.make_mmdet_ssd_objective, mmdet_ssd_objective, 33),
    ):
        pair = [without_ties((128, 128), 4, seed), without_ties((128, 128), 7, seed + 1)]
        with_empty = [without_ties((96, 96), 5, seed + 2), without_ties((96, 96), 0, seed + 3)]
        files[f"objective_{name}"] = (make(pair, (128, 128), seed), module.PARAMETERS)
        files[f"objective_{name}_empty"] = (make(with_empty, (96, 96), seed + 1), module.PARAMETERS)
    return files


def make_detr_files() -> dict[str, tuple]:
    """mmdetection's DETR and Deformable DETR on images of two sizes."""
    make, parameters = (
        mmdet_detr_objective.make_mmdet_detr_objective,
        mmdet_detr_objective.PARAMETERS,
    )
    pair = [without_ties((240, 256), 6, 37, 200.0), without_ties((256, 224), 12, 38, 160.0)]
    with_empty = [without_ties((120, 128), 7, 39, 100.0), without_ties((128, 128), 0, 40)]
    return {
        f"objective_{name}{ending}": (make(images, seed + add, deformable), parameters)
        for name, deformable, add in (("detr", False, 0), ("deformable_detr", True, 2))
        for ending, images, seed in (("", pair, 41), ("_empty", with_empty, 42))
    }


def make_mmdet_faster_rcnn_files() -> dict[str, tuple]:
    """mmdetection's Faster R-CNN, Libra R-CNN and Cascade R-CNN, all stages."""
    make = mmdet_faster_rcnn_objective.make_mmdet_faster_rcnn_objective

    size, small = (64, 128), (64, 64)
    parameters = mmdet_faster_rcnn_objective.PARAMETERS
    cascade = mmdet_cascade_objective.make_mmdet_cascade_objective
    pair = [with_proposals(size, 3, 43), with_proposals(size, 6, 44)]
    with_empty = [with_proposals(size, 4, 45), with_proposals(size, 0, 46)]
    few = [with_proposals(small, 3, 47), with_proposals(small, 2, 48)]
    few_and_empty = [with_proposals(small, 3, 49), with_proposals(small, 0, 50)]
    more = mmdet_cascade_objective.PARAMETERS
    return {
        "objective_faster_rcnn_mmdet": (make(pair, size, 45), parameters),
        "objective_faster_rcnn_mmdet_empty": (make(with_empty, size, 46), parameters),
        "objective_libra_rcnn": (make(few, small, 53, libra=True), parameters),
        "objective_libra_rcnn_empty": (make(few_and_empty, small, 54, libra=True), parameters),
        "objective_cascade_rcnn": (cascade(few, small, 47), more),
        "objective_cascade_rcnn_empty": (cascade(few_and_empty, small, 51), more),
    }


def make_sparse_rcnn_files() -> dict[str, tuple]:
    """mmdetection's Sparse R-CNN on images of two sizes."""
    make = mmdet_sparse_rcnn_objective.make_mmdet_sparse_rcnn_objective

    def image(size: tuple[int, int], count: int, seed: int) -> Image:
        plain = with_proposals(size, count, seed)
        return replace(plain, proposals=plain.proposals[::6])

    pair = [image((96, 128), 3, 91), image((128, 80), 6, 92)]
    with_empty = [image((64, 96), 4, 93), image((64, 64), 0, 94)]
    parameters = mmdet_sparse_rcnn_objective.PARAMETERS
    return {
        "objective_sparse_rcnn": (make(pair, 91), parameters),
        "objective_sparse_rcnn_empty": (make(with_empty, 101), parameters),
    }


def make_task_aligned_files() -> dict[str, tuple]:
    """Detectors whose assigners read predictions: mmdetection's TOOD, RTMDet and YOLOX, ultralytics' YOLOv8."""
    tood, rtmdet, yolox, yolov8 = (
        mmdet_tood_objective,
        mmdet_rtmdet_objective,
        mmdet_yolox_objective,
        ultralytics_objective,
    )
    makers = {
        "tood": (tood.make_mmdet_tood_objective, tood, (128, 256), {}),
        "tood_initial": (tood.make_mmdet_tood_objective, tood, (128, 256), {"initial": True}),
        "rtmdet": (rtmdet.make_mmdet_rtmdet_objective, rtmdet, (128, 128), {}),
        "yolov8": (yolov8.make_ultralytics_objective, yolov8, (96, 96), {}),
        "yolox": (yolox.make_mmdet_yolox_objective, yolox, (128, 128), {}),
        "yolox_l1": (yolox.make_mmdet_yolox_objective, yolox, (128, 128), {"l1": True}),
    }
    files: dict[str, tuple] = {}
    for index, (name, (make, module, size, settings)) in enumerate(makers.items()):
        seed, largest = 60 + 4 * index, size[0] - 20
        pair = [without_ties(size, 5, seed, largest), without_ties(size, 12, seed + 1, largest)]
        with_empty = [without_ties(size, 7, seed + 2, largest), without_ties(size, 0, seed + 3)]
        for ending, images, add in (("", pair, 0), ("_empty", with_empty, 2)):
            tensors = make(images, size, seed + add, **settings)
            files[f"objective_{name}{ending}"] = (tensors, module.PARAMETERS)
    return files


def make_yolox_files(directory: Path) -> dict[str, tuple]:
    """YOLOX by its authors' head."""
    repository = load_yolox(directory)
    make, parameters = yolox_objective.make_yolox_objective, yolox_objective.PARAMETERS
    size = (128, 128)
    pair = [without_ties(size, 5, 84, 108.0), without_ties(size, 12, 85, 108.0)]
    with_empty = [without_ties(size, 7, 86, 108.0), without_ties(size, 0, 87)]
    return {
        "objective_yolox_original": (make(repository, pair, size, seed=84), parameters),
        "objective_yolox_original_empty": (make(repository, with_empty, size, 86), parameters),
    }


def with_proposals(size: tuple[int, int], count: int, seed: int) -> Image:
    """An image whose objects are a bit narrower than the smallest anchors and a bit higher, or the other way round.

    No anchor lies within one, where it would tie with its neighbours.
    """
    plain = make_image(size, 0, seed)
    generator = torch.Generator().manual_seed(seed)
    noise = torch.rand(2, count, 2, generator=generator)
    sides = torch.tensor([24.0, 33.0]) + noise[0] * torch.tensor([7.0, 11.0])
    sides[::2] = sides[::2].flip(1)
    corners = noise[1] * (torch.tensor([size[1], size[0]]) - sides)
    boxes = torch.cat([corners, corners + sides], 1)
    labels = torch.randint(1, CLASS_COUNT + 1, (count,), generator=generator)
    proposals = random_proposals(plain.size, boxes, generator)
    return replace(plain, boxes=boxes, labels=labels, proposals=proposals)


def without_ties(size: tuple[int, int], count: int, seed: int, largest: float = 80.0) -> Image:
    """An image whose objects are as large as the smallest anchors or larger, and off any grid.

    All anchors around a small object have one IoU with it, but for rounding: with sides that are no
    whole numbers, as here, they tie in one precision and not in another.
    """
    image = make_image(size, 0, seed)
    generator = torch.Generator().manual_seed(seed)
    sides = 32 + (largest - 32) * torch.rand(count, 2, generator=generator)
    limits = torch.tensor([size[1], size[0]]) - sides
    corners = torch.rand(count, 2, generator=generator) * limits
    labels = torch.randint(1, CLASS_COUNT + 1, (count,), generator=generator)
    return replace(image, boxes=torch.cat([corners, corners + sides], 1), labels=labels)


def make_tf_files(directory: Path) -> dict[str, tuple]:
    """One image, as that implementation takes; and one with an object that no anchor touches."""
    repository = load_tf_faster_rcnn(directory)
    make = tf_objective.make_tf_objective
    plain = make_image((320, 480), 12, seed=5, plus_one=True)
    corner = make_image((224, 336), 8, seed=6, corner=True, plus_one=True)
    parameters = tf_objective.PARAMETERS
    return {
        "objective_tf": (make(repository, plain, seed=13), parameters),
        "objective_tf_zero_overlap": (make(repository, corner, seed=14), parameters),
    }


def make_pytorch_files(directory: Path) -> dict[str, tuple]:
    """Two images of one size, since anchors are held against the border of the first alone."""
    repository = load_faster_rcnn_pytorch(directory)
    images = [
        make_image((240, 384), 2, seed=7, plus_one=True),
        make_image((240, 384), 14, seed=8, corner=True, plus_one=True),
    ]
    tensors = pytorch_objective.make_pytorch_objective(repository, images, seed=15)
    return {"objective_pytorch": (tensors, pytorch_objective.PARAMETERS)}


def describe(name: str, tensors: dict[str, torch.Tensor]) -> None:
    """Print counts and losses, so that a reader sees what a file covers."""
    print(name)
    dense = ("retinanet", "fcos", "atss", "gfl", "vfnet", "ssd", "tood", "rtmdet", "yolov8", "yolox")
    for stage in ("rpn", "rcnn", *dense, "detr_0", "rcnn_0"):
        if f"expected/{stage}.assigned" not in tensors:
            continue
        assigned = tensors[f"expected/{stage}.assigned"]
        counts = [int(c.sum()) for c in (assigned >= 0, assigned == -1, assigned == -2)]
        drawn = tensors.get(f"{stage}.sampled", assigned >= -1).bool()
        positive = int((assigned[drawn] >= 0).sum())
        losses = [
            float(value)
            for name, value in tensors.items()
            if name.startswith(f"expected/{stage}_")
        ]
        print(
            f"  {stage}: {counts[0]} foreground, {counts[1]} background, {counts[2]} neither; "
            f"{int(drawn.sum())} drawn, {positive} of them foreground; losses {losses}"
        )


if __name__ == "__main__":
    main()
