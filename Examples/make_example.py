"""Make `blood_cells.safetensors`: what a real detector put out for one real image.

Trains torchvision's `FasterRCNN` from scratch on a folder with COCO annotations, then writes the
outputs of its two heads for one image it has not seen, with the ground truth of that image and the
sample that torchvision drew. Neither weights nor pixels go into the file.

The images are enlarged so that their shorter side is 480 pixels (BCCD at 160 x 120 becomes
640 x 480); every box in the file is in pixels of the enlarged image.

`rpn_cls_score` holds two channels an anchor, 0 for background and the objectness s for foreground.
The softmax of (0, s) is exactly (1 - sigmoid(s), sigmoid(s)), so the softmax cross-entropy of these
two columns equals the binary cross-entropy of s, and both forms of the loss fit one file.

    make_example.py --annotations train.json --images DIR --held-out val.json DIR --output FILE
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torchvision
from PIL import Image
from torch import Tensor, nn
from torchvision.models.detection import FasterRCNN
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.roi_heads import fastrcnn_loss
from torchvision.models.detection.rpn import concat_box_prediction_layers
from torchvision.ops import MultiScaleRoIAlign, box_iou

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Tests" / "Reference"))

from recording_sampler import RecordingSampler  # noqa: E402
from safetensors_file import write_safetensors  # noqa: E402

SEED = 20240917
SHORTER_SIDE = 480
LONGER_SIDE = 640
CHANNELS = 128

Target = dict[str, Tensor]


@dataclass
class Sample:
    """One image, its ground truth (boxes x1 y1 x2 y2 in its own pixels) and its file name."""

    name: str
    image: Tensor
    target: Target


def load_samples(annotations: Path, images: Path) -> tuple[list[Sample], list[str]]:
    """Read a COCO file; labels are 1, 2, ... in the order of category ids, 0 is background."""
    coco = json.loads(annotations.read_text())
    categories = sorted(coco["categories"], key=lambda category: category["id"])
    label_of = {category["id"]: index + 1 for index, category in enumerate(categories)}
    objects: dict[int, list[dict]] = {image["id"]: [] for image in coco["images"]}
    for annotation in coco["annotations"]:
        if not annotation.get("iscrowd", 0):
            objects[annotation["image_id"]].append(annotation)
    samples = [
        Sample(
            info["file_name"],
            load_image(images / info["file_name"]),
            make_target(objects[info["id"]], label_of, info["width"], info["height"]),
        )
        for info in coco["images"]
    ]
    return samples, [category["name"] for category in categories]


def load_image(path: Path) -> Tensor:
    """An image as [3, height, width] in 0 ... 1."""
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB"), dtype=np.float32) / 255
    return torch.from_numpy(pixels).permute(2, 0, 1).contiguous()


def make_target(objects: list[dict], label_of: dict[int, int], width: int, height: int) -> Target:
    """The ground truth of one image, clipped to it, without boxes that have no area left."""
    boxes = torch.tensor([o["bbox"] for o in objects], dtype=torch.float32).reshape(-1, 4)
    labels = torch.tensor([label_of[o["category_id"]] for o in objects], dtype=torch.int64)
    boxes[:, 2:] += boxes[:, :2]
    boxes[:, 0::2] = boxes[:, 0::2].clamp(0, width)
    boxes[:, 1::2] = boxes[:, 1::2].clamp(0, height)
    solid = (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])
    return {"boxes": boxes[solid], "labels": labels[solid]}


class Block(nn.Module):
    """Two 3 x 3 convolutions with group normalization and a shortcut, as in a small ResNet."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
            nn.GroupNorm(8, outputs),
            nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False),
            nn.GroupNorm(8, outputs),
        )
        self.shortcut = (
            nn.Identity() if inputs == outputs else nn.Conv2d(inputs, outputs, 1, stride)
        )

    def forward(self, features: Tensor) -> Tensor:
        """Features at 1 / stride of the resolution."""
        return torch.relu(self.body(features) + self.shortcut(features))


def make_backbone() -> nn.Module:
    """A small residual network with a single feature map at stride 16."""
    backbone = nn.Sequential(
        nn.Conv2d(3, 32, 7, 4, 3, bias=False),
        nn.GroupNorm(8, 32),
        nn.ReLU(),
        Block(32, 32, 1),
        Block(32, 64, 2),
        Block(64, 64, 1),
        Block(64, CHANNELS, 2),
        Block(CHANNELS, CHANNELS, 1),
    )
    backbone.out_channels = CHANNELS
    return backbone


def make_model(class_count: int) -> FasterRCNN:
    """torchvision's detector with nine anchors a cell and a narrow head."""
    return FasterRCNN(
        make_backbone(),
        min_size=SHORTER_SIDE,
        max_size=LONGER_SIDE,
        image_mean=[0.5, 0.5, 0.5],
        image_std=[0.25, 0.25, 0.25],
        rpn_anchor_generator=AnchorGenerator(((128, 256, 512),), ((0.5, 1.0, 2.0),)),
        rpn_post_nms_top_n_train=300,
        rpn_post_nms_top_n_test=300,
        box_roi_pool=MultiScaleRoIAlign(["0"], output_size=7, sampling_ratio=2),
        box_head=TwoMLPHead(CHANNELS * 7 * 7, 256),
        box_predictor=FastRCNNPredictor(256, class_count + 1),
        box_batch_size_per_image=128,
    )


def flipped(sample: Sample, horizontally: bool, vertically: bool) -> tuple[Tensor, Target]:
    """A mirror image; blood cells look alike from every side."""
    image, boxes = sample.image, sample.target["boxes"].clone()
    height, width = image.shape[-2:]
    if horizontally:
        image = image.flip(-1)
        boxes[:, 0::2] = width - boxes[:, [2, 0]]
    if vertically:
        image = image.flip(-2)
        boxes[:, 1::2] = height - boxes[:, [3, 1]]
    return image, {"boxes": boxes, "labels": sample.target["labels"]}


def train(model: FasterRCNN, samples: Sequence[Sample], steps: int, batch_size: int) -> None:
    """Train with AdamW, the rate rising for a while and then falling along a cosine."""
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=1e-3, total_steps=steps, pct_start=0.1, cycle_momentum=False
    )
    random = np.random.default_rng(SEED)
    queue: list[int] = []
    history: list[np.ndarray] = []
    for step in range(steps):
        if len(queue) < batch_size:
            queue = list(random.permutation(len(samples)))
        chosen = [queue.pop() for _ in range(batch_size)]
        batch = [flipped(samples[index], *(random.random(2) < 0.5)) for index in chosen]
        losses = model([image for image, _ in batch], [target for _, target in batch])
        optimizer.zero_grad()
        sum(losses.values()).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        schedule.step()
        history.append(np.array([float(loss.detach()) for loss in losses.values()]))
        if (step + 1) % 50 == 0:
            means = np.mean(history[-50:], axis=0)
            parts = ", ".join(f"{name} {mean:.4f}" for name, mean in zip(losses, means))
            print(f"step {step + 1}: loss {means.sum():.4f} ({parts})", flush=True)


@torch.no_grad()
def report_detections(model: FasterRCNN, samples: Sequence[Sample], names: list[str]) -> None:
    """Print precision and recall a class, at a score of 0.5 and an IoU of 0.5."""
    model.eval()
    counts = np.zeros((len(names) + 1, 3), dtype=int)  # found, detected, present
    for sample in samples:
        detection = model([sample.image])[0]
        for label in range(1, len(names) + 1):
            chosen = (detection["labels"] == label) & (detection["scores"] >= 0.5)
            truths = sample.target["boxes"][sample.target["labels"] == label]
            found = count_matches(box_iou(detection["boxes"][chosen], truths))
            counts[label] += found, int(chosen.sum()), len(truths)
    counts[0] = counts[1:].sum(axis=0)
    for name, (found, detected, present) in zip(["all", *names], counts):
        precision, recall = found / max(detected, 1), found / max(present, 1)
        print(f"held out, {name}: precision {precision:.3f}, recall {recall:.3f} of {present}")


def count_matches(iou: Tensor) -> int:
    """How many detections (rows, best score first) take a free ground truth with IoU >= 0.5."""
    free = torch.ones(iou.shape[1], dtype=torch.bool)
    for row in iou:
        candidates = torch.where(free, row, torch.zeros_like(row))
        if candidates.numel() and candidates.max() >= 0.5:
            free[candidates.argmax()] = False
    return int((~free).sum())


@torch.no_grad()
def make_bundle(model: FasterRCNN, sample: Sample) -> tuple[dict[str, Tensor], dict[str, float]]:
    """Head outputs, ground truth and draw for one image, and torchvision's losses on that draw.

    The losses are torchvision's own functions on the outputs, evaluated in double precision.
    """
    model.train()
    images, targets = model.transform([sample.image], [sample.target])
    features = model.backbone(images.tensors)
    scores, deltas = model.rpn.head([features])
    anchors = model.rpn.anchor_generator(images, [features])
    flat_scores, flat_deltas = concat_box_prediction_layers(list(scores), list(deltas))
    decoded = model.rpn.box_coder.decode(flat_deltas, anchors).view(1, -1, 4)
    proposals, _ = model.rpn.filter_proposals(
        decoded, flat_scores, images.image_sizes, [len(anchors[0])]
    )

    rpn_sampler = model.rpn.fg_bg_sampler = RecordingSampler(model.rpn.fg_bg_sampler)
    labels, matched = model.rpn.assign_targets_to_anchors(anchors, targets)
    box_targets = model.rpn.box_coder.encode(matched, anchors)
    rpn_cls, rpn_box = model.rpn.compute_loss(
        flat_scores.double(),
        flat_deltas.double(),
        [label.double() for label in labels],
        [target.double() for target in box_targets],
    )

    heads = model.roi_heads
    all_proposals = heads.add_gt_proposals(proposals, [t["boxes"] for t in targets])
    pooled = heads.box_roi_pool({"0": features}, all_proposals, images.image_sizes)
    class_scores, box_deltas = heads.box_predictor(heads.box_head(pooled))
    roi_sampler = heads.fg_bg_sampler = RecordingSampler(heads.fg_bg_sampler)
    _, _, roi_labels, roi_targets = heads.select_training_samples(proposals, targets)
    drawn = roi_sampler.drawn[0].bool()
    rcnn_cls, rcnn_box = fastrcnn_loss(
        class_scores[drawn].double(),
        box_deltas[drawn].double(),
        roi_labels,
        [target.double() for target in roi_targets],
    )

    objectness = scores[0]
    truth = targets[0]
    tensors = {
        "image_sizes": torch.tensor(images.image_sizes, dtype=torch.int64),
        "gt_boxes": truth["boxes"],
        "gt_labels": truth["labels"],
        "gt_image": torch.zeros(len(truth["labels"]), dtype=torch.int64),
        "proposals": all_proposals[0],
        "proposals_image": torch.zeros(len(all_proposals[0]), dtype=torch.int64),
        "rpn_objectness": objectness,
        "rpn_cls_score": torch.cat([torch.zeros_like(objectness), objectness], dim=1),
        "rpn_bbox_pred": deltas[0],
        "cls_score": class_scores,
        "bbox_pred": box_deltas,
        "rpn.sampled": rpn_sampler.drawn[0].to(torch.uint8),
        "rcnn.sampled": roi_sampler.drawn[0].to(torch.uint8),
    }
    losses = {"rpn_cls": rpn_cls, "rpn_box": rpn_box, "rcnn_cls": rcnn_cls, "rcnn_box": rcnn_box}
    return tensors, {name: float(loss) for name, loss in losses.items()}


def main() -> None:
    """Train, report, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--annotations", type=Path, required=True)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--held-out", type=Path, nargs=2, metavar=("ANNOTATIONS", "IMAGES"),
                        required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--batch-size", type=int, default=2)
    arguments = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    samples, names = load_samples(arguments.annotations, arguments.images)
    held_out, _ = load_samples(*arguments.held_out)
    model = make_model(len(names))
    train(model, samples, arguments.steps, arguments.batch_size)
    report_detections(model, held_out, names)

    shown = next(s for s in held_out if len(s.target["labels"].unique()) == len(names))
    torch.manual_seed(SEED)
    tensors, losses = make_bundle(model, shown)
    metadata = {
        "source": f"{shown.name} of {arguments.held_out[0].name}, which the model has not seen",
        "classes": ["background", *names],
        "torchvision_losses": losses,
        "versions": {"torch": torch.__version__, "torchvision": torchvision.__version__},
    }
    write_safetensors(arguments.output, tensors, metadata)
    print(f"{shown.name}: {len(shown.target['labels'])} objects, losses {losses}")


if __name__ == "__main__":
    main()
