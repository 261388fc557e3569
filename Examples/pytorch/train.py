"""Trains one of torchvision's detectors on a COCO folder, with the objective that a recipe tells.

    train.py --recipe retinanet_torchvision --detector retinanet --data cells/train.json \
        --validation cells/val.json --out run

It writes what a sweep reads: `metrics.jsonl` with losses and AP, `detections.json` with what the model
finds on some images; and `model.pt`. Settings are those of `--settings`, a JSON file whose `training` holds
keys of `TRAINING`.
"""

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import coco
import detectors
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

import losskit
import losskit.torchvision

TRAINING: dict[str, float] = {
    "steps": 400, "batch": 8, "rate": 2e-3, "weight_decay": 0.05, "log_every": 20, "evaluate_every": 200,
}  # fmt: skip
SHOWN = 6


def main() -> None:
    """Train, evaluate, write."""
    options = arguments()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    losskit.set_threads(options.threads)
    settings = training_settings(options.settings)
    training = coco.CocoFolder(options.data, flip=True)
    validation = coco.CocoFolder(options.validation)
    sides = training[0][0].shape[-2:]
    model = detectors.DETECTORS[options.detector](
        len(training.classes), (min(sides), max(sides))
    )
    attached = losskit.torchvision.attach(model, options.recipe)
    options.out.mkdir(parents=True, exist_ok=True)
    with (options.out / "metrics.jsonl").open("w", buffering=1) as log:
        print(json.dumps({"version": f"torch {torch.__version__}"}), file=log)
        for line in train(model, attached, training, validation, settings):
            print(line, file=log)
            print(line, flush=True)
    write_detections(model, validation, options.out)
    torch.save(attached.detach().state_dict(), options.out / "model.pt")


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--recipe", default="fcos_torchvision", help="a recipe's file or name")
    parser.add_argument("--detector", choices=list(detectors.DETECTORS), default="fcos")
    parser.add_argument("--data", type=Path, required=True, help="annotations, or their folder")
    parser.add_argument("--validation", type=Path, required=True)
    parser.add_argument("--settings", type=Path, help="a file with training.steps and the like")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


def training_settings(path: Path | None) -> dict[str, float]:
    """The defaults, and what the file has instead."""
    given = json.loads(path.read_text()).get("training", {}) if path else {}
    if unknown := given.keys() - TRAINING.keys():
        raise SystemExit(f"{path}: training has no {', '.join(unknown)}; there is {', '.join(TRAINING)}")
    return TRAINING | given


def train(
    model: nn.Module, attached: losskit.torchvision.Attachment, training: coco.CocoFolder,
    validation: coco.CocoFolder, settings: dict[str, float],
) -> Iterator[str]:  # fmt: skip
    """The lines of the log, as the training goes on."""
    steps = int(settings["steps"])
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=settings["rate"], weight_decay=settings["weight_decay"]
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings["rate"], total_steps=steps, pct_start=0.1
    )
    for step, (images, targets) in enumerate(batches(training, int(settings["batch"]), steps), 1):
        model.train()
        losses: dict[str, Tensor] = model(images, targets)
        total = torch.stack(list(losses.values())).sum()
        optimizer.zero_grad()
        total.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 10)
        optimizer.step()
        schedule.step()
        if step % settings["log_every"] == 0:
            yield json.dumps({
                "step": step, "loss": total.item(),
                "terms": {name: loss.item() for name, loss in losses.items()},
                "positives": attached.positives, "gradient_norms": attached.gradient_norms,
            })  # fmt: skip
        if step % settings["evaluate_every"] == 0 or step == steps:
            yield json.dumps({"step": step} | evaluate(model, validation))


def batches(
    data: coco.CocoFolder, size: int, steps: int
) -> Iterator[tuple[list[Tensor], list[coco.Target]]]:
    """As many batches as there are steps, the images in another order each time round."""
    loader: DataLoader[Any] = DataLoader(
        data, size, shuffle=True, collate_fn=coco.batch, drop_last=len(data) >= size
    )
    left = steps
    while left:
        for found in loader:
            yield found
            left -= 1
            if not left:
                return


@torch.no_grad()
def detect(model: nn.Module, data: coco.CocoFolder) -> list[dict[str, Tensor]]:
    """What the model finds on each image."""
    model.eval()
    loader: DataLoader[Any] = DataLoader(data, 8, collate_fn=coco.batch)
    return [found for images, _ in loader for found in model(images)]


def evaluate(model: nn.Module, data: coco.CocoFolder) -> dict[str, float]:
    """AP and AP50, as COCO counts them."""
    metrics = losskit.metrics(detect(model, data), data.targets)
    return {name: metrics[name] for name in ("AP", "AP50")}


def write_detections(model: nn.Module, data: coco.CocoFolder, out: Path) -> None:
    """What the report draws: the surest detections on some images."""
    shown = torch.utils.data.Subset(data, range(min(SHOWN, len(data))))
    entries = []
    for index, found in enumerate(detect(model, shown)):  # type: ignore[arg-type]
        height, width = data[index][0].shape[-2:]
        rows = zip(found["labels"], found["scores"], found["boxes"], strict=True)
        entries.append({
            "file": os.path.relpath(data.files[index], out), "name": data.files[index].stem,
            "width": width, "height": height,
            "detections": [
                {"class": data.classes[label - 1], "score": score.item(), "box": box.tolist()}
                for label, score, box in rows if score >= 0.05
            ],
        })  # fmt: skip
    (out / "detections.json").write_text(json.dumps({"images": entries}))


if __name__ == "__main__":
    main()
