"""A folder of images with annotations in COCO's format, as torchvision's detectors want them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset

Target = dict[str, Tensor]
Sample = tuple[Tensor, Target]


class CocoFolder(Dataset[Sample]):
    """Images of [3, height, width] in 0 … 1, with boxes as x1, y1, x2, y2 and labels from 1.

    Labels count the categories in the order of their ids. `iscrowd` marks regions in which priors of a recipe
    neither count for nor against.
    """

    def __init__(self, annotations: Path, flip: bool = False) -> None:
        """Reads `annotations`, or `annotations.json` in the folder given; images lie beside it."""
        if annotations.is_dir():
            annotations /= "annotations.json"
        content = json.loads(annotations.read_text())
        categories = sorted(content["categories"], key=lambda category: int(category["id"]))
        labels = {category["id"]: place for place, category in enumerate(categories, 1)}
        self.classes = [str(category["name"]) for category in categories]
        self.files = [image_path(annotations.parent, image) for image in content["images"]]
        self.flip = flip
        self.targets: list[Target] = []
        objects: dict[int, list[dict[str, Any]]] = {image["id"]: [] for image in content["images"]}
        for annotation in content["annotations"]:
            objects[annotation["image_id"]].append(annotation)
        for image in content["images"]:
            self.targets.append(target(objects[image["id"]], labels, image))

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> Sample:
        with Image.open(self.files[index]) as file:
            pixels = np.array(file.convert("RGB"))
        image = torch.from_numpy(pixels).permute(2, 0, 1).float() / 255
        if self.flip and torch.rand(()) < 0.5:
            return image.flip(-1), mirrored(self.targets[index], image.shape[-1])
        return image, self.targets[index]


def image_path(folder: Path, image: dict[str, Any]) -> Path:
    """Where an image lies: beside the annotations, or in `images` there."""
    path: Path = folder / image["file_name"]
    return path if path.exists() else folder / "images" / image["file_name"]


def target(
    objects: list[dict[str, Any]], labels: dict[int, int], image: dict[str, Any]
) -> Target:
    """Objects in their image, those without a size left out."""
    objects = [entry for entry in objects if min(entry["bbox"][2:]) > 0]
    boxes = torch.tensor([entry["bbox"] for entry in objects]).reshape(-1, 4).float()
    boxes[:, 2:] += boxes[:, :2]
    boxes[:, 0::2] = boxes[:, 0::2].clamp(0, image["width"])
    boxes[:, 1::2] = boxes[:, 1::2].clamp(0, image["height"])
    return {
        "boxes": boxes,
        "labels": torch.tensor([labels[entry["category_id"]] for entry in objects], dtype=torch.int64),
        "iscrowd": torch.tensor([entry.get("iscrowd", 0) for entry in objects], dtype=torch.uint8),
    }


def mirrored(target: Target, width: int) -> Target:
    """The same objects, left for right."""
    boxes = target["boxes"].clone()
    boxes[:, 0::2] = width - boxes[:, [2, 0]]
    return target | {"boxes": boxes}


def batch(samples: list[Sample]) -> tuple[list[Tensor], list[Target]]:
    """What a `DataLoader` makes of samples: images and targets, one list each."""
    return [image for image, _ in samples], [target for _, target in samples]
