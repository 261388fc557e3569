"""The trainer of Examples/pytorch writes what a sweep reads."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

TRAINER = Path(__file__).parents[2] / "Examples/pytorch/train.py"
RECIPES = {
    "faster_rcnn": "faster_rcnn_giou",
    "retinanet": "retinanet_torchvision",
    "fcos": "fcos_torchvision",
}


def write_images(folder: Path) -> Path:
    """Four images of a bright square, two of them PNG and two JPEG; the last one has a crowd."""
    images: list[Any] = []
    annotations: list[Any] = []
    for index in range(4):
        name = f"{index}.{'png' if index % 2 else 'jpg'}"
        pixels = np.full((64, 96, 3), 40, np.uint8)
        pixels[10:40, 20:50] = 220
        Image.fromarray(pixels).save(folder / name)
        images.append({"id": index, "file_name": name, "width": 96, "height": 64})
        boxes = [[20, 10, 30, 30]] + [[60, 0, 36, 64]] * (index == 3)
        annotations += [
            {"id": len(annotations) + place, "image_id": index, "category_id": 7, "bbox": box,
             "area": box[2] * box[3], "iscrowd": place}
            for place, box in enumerate(boxes)
        ]  # fmt: skip
    content = {
        "images": images, "annotations": annotations, "categories": [{"id": 7, "name": "square"}]
    }  # fmt: skip
    (folder / "annotations.json").write_text(json.dumps(content))
    return folder


@pytest.mark.parametrize("detector", RECIPES)
def test_a_short_training(detector: str, tmp_path: Path) -> None:
    data = write_images(tmp_path)
    (tmp_path / "model.json").write_text(json.dumps({"training": {"steps": 2, "batch": 2, "log_every": 1}}))
    words = ["--detector", detector, "--recipe", RECIPES[detector], "--data", data, "--validation", data]
    words += ["--settings", tmp_path / "model.json", "--threads", "1", "--out", tmp_path / "run"]
    subprocess.run([sys.executable, str(TRAINER), *map(str, words)], check=True)
    version, *lines = [json.loads(line) for line in (tmp_path / "run/metrics.jsonl").read_text().splitlines()]
    assert version["version"].startswith("torch ")
    assert [line["step"] for line in lines] == [1, 2, 2]
    assert lines[0]["loss"] == pytest.approx(sum(lines[0]["terms"].values()), rel=1e-5)
    assert lines[0]["gradient_norms"].keys() == lines[0]["positives"].keys() == lines[0]["terms"].keys()
    assert 0 <= lines[2]["AP"] <= lines[2]["AP50"] <= 1
    shown = json.loads((tmp_path / "run/detections.json").read_text())["images"]
    assert len(shown) == 4
    assert (tmp_path / "run" / shown[0]["file"]).exists()
