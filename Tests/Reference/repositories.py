"""Imports the rules of repositories that newer packages no longer run as they are, or that aren't packages.

What they import and we don't need (TensorFlow, OpenCV, compiled extensions) is replaced by empty
modules, and the compiled box overlap by an equivalent function over float64 arrays.
"""

import importlib
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import torch


class AttributeDict(dict):
    """A dictionary whose keys are attributes too: what both configurations are made of."""

    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__


def load_tf_faster_rcnn(directory: Path) -> SimpleNamespace:
    """The modules of tf-faster-rcnn by their last names."""
    stubs = {
        "easydict": make_module(EasyDict=AttributeDict),
        "tensorflow": make_module(),
        "utils.cython_bbox": make_module(bbox_overlaps=box_overlaps),
        "nms.gpu_nms": make_module(gpu_nms=None),
        "nms.cpu_nms": make_module(cpu_nms=None),
    }
    names = ("config", "bbox_transform")
    layers = (
        "anchor_target_layer",
        "proposal_target_layer",
        "proposal_layer",
        "generate_anchors",
        "snippets",
    )
    modules = [f"model.{name}" for name in names] + [f"layer_utils.{name}" for name in layers]
    return import_modules(directory / "lib", modules + ["nms.py_cpu_nms"], stubs)


def load_faster_rcnn_pytorch(directory: Path) -> SimpleNamespace:
    """The modules of faster-rcnn.pytorch by their last names."""
    stubs = {
        "easydict": make_module(EasyDict=AttributeDict),
        "cv2": make_module(),
        "model.roi_crop.functions.roi_crop": make_module(RoICropFunction=None),
    }
    names = ("anchor_target_layer", "proposal_target_layer_cascade", "generate_anchors")
    modules = [f"model.rpn.{name}" for name in names]
    return import_modules(
        directory / "lib", modules + ["model.utils.config", "model.utils.net_utils"], stubs
    )


def load_detectron2(directory: Path) -> SimpleNamespace:
    """The modules of detectron2 by their last names."""
    names = (
        "modeling.meta_arch.retinanet",
        "modeling.anchor_generator",
        "modeling.box_regression",
        "modeling.matcher",
        "structures.boxes",
        "structures.instances",
        "utils.events",
    )
    return import_modules(
        directory, [f"detectron2.{name}" for name in names], {"detectron2._C": make_module()}
    )


def load_yolox(directory: Path) -> SimpleNamespace:
    """The head of YOLOX."""
    stubs = {name: make_module() for name in ("cv2", "psutil", "tabulate", "thop")}
    stubs["loguru"] = make_module(logger=None)
    return import_modules(directory, ["yolox.models.yolo_head"], stubs)


def import_modules(
    library: Path, names: list[str], stubs: dict[str, ModuleType]
) -> SimpleNamespace:
    """Import `names` from `library`, then forget them: both repositories use the same names."""
    restore_removed_names()
    before = dict(sys.modules)
    sys.modules.update(stubs)
    sys.path.insert(0, str(library))
    try:
        modules = {name.split(".")[-1]: importlib.import_module(name) for name in names}
    finally:
        sys.path.remove(str(library))
        for name in set(sys.modules) - set(before):
            module = sys.modules[name]
            if name in stubs or str(library) in str(getattr(module, "__file__", "")):
                del sys.modules[name]
    return SimpleNamespace(**modules)


def restore_removed_names() -> None:
    """Give back what the repositories call and newer packages have dropped or changed."""
    np.float = float
    torch.Tensor.index = lambda tensor, indices: tensor[indices]


def make_module(**attributes: object) -> ModuleType:
    """A module that holds `attributes`."""
    module = ModuleType("stub")
    module.__dict__.update(attributes)
    return module


def box_overlaps(boxes: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """IoU in float64 of each box with each query, a box spanning x2 - x1 + 1 columns."""
    boxes, queries = boxes[:, None, :4], queries[None, :, :4]
    low = np.maximum(boxes[..., :2], queries[..., :2])
    high = np.minimum(boxes[..., 2:], queries[..., 2:])
    shared = np.maximum(high - low + 1, 0).prod(axis=-1)
    areas = [(b[..., 2:] - b[..., :2] + 1).prod(axis=-1) for b in (boxes, queries)]
    return shared / (areas[0] + areas[1] - shared)
