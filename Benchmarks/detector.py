"""A training step of the reference detector beside the same network in PyTorch and torchvision.

    detector.py [--threads N] [--rounds N] [--steps N] [--command LOSSKIT]

Both sides train on 160 x 120 images with batches of 8: seven 3 x 3 convolutions with batch
normalization up to 96 channels, stride 8, 15 anchors a cell, 600 and 150 proposals, 128 and 64
samples, regions of 7 x 7 bins, one hidden layer of 128, AdamW. The sides take turns, LossKit in a
process of its own, and each number is the median over the rounds.
"""

import argparse
import json
import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import torch
from torch import Tensor, nn
from torchvision.models.detection import FasterRCNN
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor
from torchvision.ops import MultiScaleRoIAlign

PACKAGE = Path(__file__).resolve().parent.parent
RECIPE = PACKAGE / "Configs/recipes/reference_detector_sigmoid.json"
BATCH, HEIGHT, WIDTH, CLASSES = 8, 120, 160, 6
CHANNELS, STRIDES = (16, 32, 32, 64, 64, 96, 96), (1, 2, 1, 2, 1, 2, 1)


class Backbone(nn.Sequential):
    """Convolutions with batch normalization and rectifier."""

    out_channels = CHANNELS[-1]

    def __init__(self) -> None:
        layers: list[nn.Module] = []
        inputs = 3
        for channels, stride in zip(CHANNELS, STRIDES, strict=True):
            layers += [nn.Conv2d(inputs, channels, 3, stride, 1, bias=False),
                       nn.BatchNorm2d(channels), nn.ReLU(inplace=True)]
            inputs = channels
        super().__init__(*layers)


class Head(nn.Sequential):
    """One hidden layer over the bins of a region."""

    def __init__(self) -> None:
        super().__init__(nn.Flatten(), nn.Linear(49 * CHANNELS[-1], 128), nn.ReLU())


def network() -> FasterRCNN:
    """The reference detector as torchvision would build it."""
    return FasterRCNN(
        Backbone(), min_size=HEIGHT, max_size=WIDTH,
        rpn_anchor_generator=AnchorGenerator(((8, 16, 24, 40, 64),), ((0.5, 1.0, 2.0),)),
        rpn_pre_nms_top_n_train=600, rpn_post_nms_top_n_train=150, rpn_fg_iou_thresh=0.6,
        rpn_batch_size_per_image=128, box_batch_size_per_image=64, box_positive_fraction=0.5,
        box_roi_pool=MultiScaleRoIAlign(["0"], 7, 2), box_head=Head(),
        box_predictor=FastRCNNPredictor(128, CLASSES + 1))


def torch_step() -> Callable[[], None]:
    """A training step on random images, each with six objects."""
    torch.manual_seed(0)
    model = network().train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    images = list(torch.rand(BATCH, 3, HEIGHT, WIDTH))
    truths = [truth() for _ in images]

    def step() -> None:
        optimizer.zero_grad()
        losses = model(images, truths)
        sum(losses.values()).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 10)
        optimizer.step()

    return step


def truth() -> dict[str, Tensor]:
    """Six objects of 12 to 60 pixels."""
    sides = 12 + 48 * torch.rand(6, 2)
    corners = torch.rand(6, 2) * (torch.tensor([WIDTH, HEIGHT]) - sides)
    return {"boxes": torch.cat([corners, corners + sides], dim=1),
            "labels": torch.randint(1, CLASSES + 1, (6,))}


def torch_rate(step: Callable[[], None], steps: int) -> float:
    """Images a second."""
    start = perf_counter()
    for _ in range(steps):
        step()
    return BATCH * steps / (perf_counter() - start)


def losskit_rate(command: Path, steps: int, threads: int) -> float:
    """Images a second, by the log of a training; its first steps, which draw the scenes, don't count."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [str(command), "train", "--recipe", str(RECIPE), "--data", "scenes:count=64",
             "--validation", "scenes:split=held_out,count=1", "--steps", str(steps + 10),
             "--set", "training.log_every=10", "--set", "training.checkpoint_every=10000",
             "--threads", str(threads), "--out", folder], check=True, capture_output=True)
        lines = (Path(folder) / "metrics.jsonl").read_text().splitlines()
    rates = [row["images_per_second"] for row in map(json.loads, lines) if "loss" in row]
    # Logged over equally many steps each: the mean is a harmonic one.
    return len(rates[1:]) / sum(1 / rate for rate in rates[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=20, help="a multiple of 10")
    parser.add_argument("--command", type=Path, default=PACKAGE / ".build/release/losskit")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    step = torch_step()
    torch_rate(step, 3)
    rounds = []
    for _ in range(options.rounds):
        rounds.append((torch_rate(step, options.steps),
                       losskit_rate(options.command, options.steps, options.threads)))
        print(f"PyTorch {rounds[-1][0]:.1f}, LossKit {rounds[-1][1]:.1f} images/s", flush=True)
    theirs, ours = (median(column) for column in zip(*rounds, strict=True))
    print(f"median: PyTorch {theirs:.1f}, LossKit {ours:.1f} images/s, ratio {ours / theirs:.2f}; "
          f"{options.threads} threads, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
