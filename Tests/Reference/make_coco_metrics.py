"""Make `coco_metrics.safetensors`: average precision and recall by pycocotools.

    make_coco_metrics.py [--output DIR]
"""

import argparse
import contextlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from safetensors_file import write_safetensors
from torch import Tensor

SEED = 20250611
CLASSES = 3
PROPOSAL_COUNTS = (1, 10, 60)


@dataclass
class Rows:
    """Rows of one case: `[image, label, x1, y1, x2, y2, ...]`."""

    truths: list[list[float]]
    """... area, crowd"""
    detections: list[list[float]]
    """... score"""


class Case:
    """Objects and detections on a few images, drawn at random or given."""

    def __init__(self, images: int, seed: int) -> None:
        self.images = images
        self.random = np.random.default_rng(SEED + seed)
        self.rows = Rows([], [])

    def box(self, shortest: float = 4, longest: float = 150) -> list[float]:
        """A box anywhere on 200 x 200 pixels, its sides spread evenly by their logarithms."""
        sides = np.exp(self.random.uniform(np.log(shortest), np.log(longest), 2))
        corner = self.random.uniform(0, 200 - sides)
        return single([*corner, *(corner + sides)])

    def near(self, box: list[float], amount: float) -> list[float]:
        """The box, each corner moved by about `amount` of a side."""
        x1, y1, x2, y2 = box
        sides = np.array([x2 - x1, y2 - y1] * 2)
        moved = np.array(box) + self.random.normal(0, amount, 4) * sides
        low, high = np.minimum(moved[:2], moved[2:]), np.maximum(moved[:2], moved[2:])
        return single([*low, *(high + 0.5)])

    def truth(
        self, image: int, label: int, box: list[float], area: float | None = None, crowd: bool = False
    ) -> None:
        """Add an object; its area is the box's where none is given."""
        x1, y1, x2, y2 = box
        area = (x2 - x1) * (y2 - y1) if area is None else area
        self.rows.truths.append([image, label, *box, area, float(crowd)])

    def detection(self, image: int, label: int, box: list[float], score: float) -> None:
        """Add a detection."""
        self.rows.detections.append([image, label, *box, *single([score])])

    def objects(self, per_image: int, crowds: float = 0.0, outlines: bool = False) -> "Case":
        """Add objects; some are crowds, and with outlines areas are less than those of the boxes."""
        for image in range(self.images):
            for _ in range(per_image):
                box = self.box()
                area = (box[2] - box[0]) * (box[3] - box[1])
                share = self.random.uniform(0.4, 1) if outlines else 1.0
                label = int(self.random.integers(1, CLASSES + 1))
                self.truth(image, label, box, area * share, self.random.uniform() < crowds)
        return self

    def found(
        self, copies: int, others: int, amount: float = 0.12, levels: int | None = None
    ) -> "Case":
        """Add detections near each object, some of another class, and others anywhere.

        With levels, scores are rounded to so many, and tie.
        """
        rows = [
            (int(row[0]), int(row[1]), self.near(row[2:6], self.random.uniform(0, 2 * amount)))
            for row in self.rows.truths
            for _ in range(copies)
        ] + [(image, 1, self.box()) for image in range(self.images) for _ in range(others)]
        for index in self.random.permutation(len(rows)):
            image, label, box = rows[index]
            if self.random.uniform() < 0.1:
                label = int(self.random.integers(1, CLASSES + 1))
            score = self.random.uniform()
            if levels:
                score = np.ceil(score * levels) / levels
            self.detection(image, label, box, score)
        return self


def single(numbers: list[float]) -> list[float]:
    """The numbers rounded to float32, which is what boxes and scores hold."""
    return [float(np.float32(number)) for number in numbers]


def random_cases() -> dict[str, Case]:
    """Cases drawn at random."""
    return {
        "random": Case(10, 1).objects(6).found(2, 4),
        "outlines": Case(8, 2).objects(8, outlines=True).found(2, 2, amount=0.06),
        "crowds": Case(8, 3).objects(7, crowds=0.4).found(3, 5),
        "ties": Case(8, 4).objects(6, crowds=0.1).found(3, 5, levels=4),
        "all_tie": Case(4, 5).objects(6, crowds=0.1).found(3, 5, levels=1),
        "precise": Case(6, 6).objects(6).found(1, 0, amount=0.01),
        "many_detections": Case(2, 7).objects(12, crowds=0.1).found(18, 130, amount=0.3),
    }


def edge_cases() -> dict[str, Case]:
    """Cases of a single point each."""
    cases = {
        "nothing": Case(2, 20),
        "no_detections": Case(3, 21).objects(3),
        "only_crowds": Case(3, 22).objects(3, crowds=1.1).found(2, 2),
        "no_objects": Case(2, 23),
        "class_without_objects": Case(4, 24),
        "empty_images": Case(6, 25),
        "exact_overlaps": Case(3, 26),
        "area_borders": Case(2, 27),
        "same_place": Case(2, 28),
        "crowd_first": Case(1, 29),
    }
    for image in range(2):
        cases["no_objects"].detection(image, 1, cases["no_objects"].box(), 0.5)

    case = cases["class_without_objects"].objects(4)
    case.rows.truths = [row for row in case.rows.truths if row[1] == 1]
    case.found(2, 2)
    case.detection(0, 2, case.box(), 0.9)

    case = cases["empty_images"].objects(3)
    case.rows.truths = [row for row in case.rows.truths if row[0] in (1, 4)]
    case.found(2, 0)
    case.detection(5, 1, case.box(), 0.7)

    # IoU of a box with a part of it: each threshold exactly, and a bit above and below.
    case = cases["exact_overlaps"]
    for image in range(case.images):
        case.truth(image, 1, [10.0, 10.0, 50.0, 50.0])
        for index, hundredths in enumerate(range(50, 101, 5)):
            width = 40 * hundredths / 100 + (image - 1) * 2e-6
            case.detection(image, 1, single([10, 10, 10 + width, 50]), 0.9 - index * 0.05)

    case = cases["area_borders"]
    for image, shift in enumerate((0.0, 0.25)):
        for index, side in enumerate((32.0, 96.0)):
            x = 5.0 + index * 50
            box = single([x, 5, x + side, 5 + side + shift])
            case.truth(image, 1, box)
            case.detection(image, 1, box, 0.8 - index * 0.1)
            # Found by nobody else: out of the range of areas, or in it.
            case.detection(image, 1, single([x, 100, x + side, 100 + side + shift]), 0.75)
    case.truth(0, 2, [0.0, 0.0, 40.0, 40.0], area=1024)
    case.truth(0, 2, [50.0, 0.0, 90.0, 40.0], area=1024.001)
    case.detection(0, 2, [0.0, 0.0, 40.0, 40.0], 0.5)
    case.detection(0, 2, [50.0, 0.0, 90.0, 40.0], 0.4)

    case = cases["same_place"]
    for image in range(2):
        for crowd in (False, False, True):
            case.truth(image, 1, [20.0, 20.0, 60.0, 70.0], crowd=crowd)
        for index in range(5):
            case.detection(image, 1, [20.0, 20.0 + index, 60.0, 70.0], 0.5)

    case = cases["crowd_first"]
    case.truth(0, 1, [0.0, 0.0, 100.0, 100.0], crowd=True)
    case.truth(0, 1, [10.0, 10.0, 40.0, 40.0])
    for index in range(4):
        case.detection(0, 1, [10.0, 10.0, 42.0 + index, 42.0], 0.9 - 0.1 * index)
    return cases


def evaluate(case: Case, proposals: bool = False) -> COCOeval:
    """pycocotools' evaluation of the case, with or without classes."""
    truth = COCO()
    truth.dataset = {
        "info": {},
        "images": [{"id": image + 1} for image in range(case.images)],
        "categories": [{"id": label, "name": str(label)} for label in range(1, CLASSES + 1)],
        "annotations": [
            {
                "id": number + 1,
                "image_id": int(image) + 1,
                "category_id": int(label),
                "bbox": [x1, y1, x2 - x1, y2 - y1],
                "area": area,
                "iscrowd": int(crowd),
            }
            for number, (image, label, x1, y1, x2, y2, area, crowd) in enumerate(case.rows.truths)
        ],
    }
    results = [
        {
            "image_id": int(image) + 1,
            "category_id": int(label),
            "bbox": [x1, y1, x2 - x1, y2 - y1],
            "score": score,
        }
        for image, label, x1, y1, x2, y2, score in case.rows.detections
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex()
        found = truth.loadRes(results) if results else COCO()
        if not results:
            found.dataset = truth.dataset | {"annotations": []}
            found.createIndex()
        evaluation = COCOeval(truth, found, "bbox")
        if proposals:
            evaluation.params.useCats = 0
            evaluation.params.maxDets = list(PROPOSAL_COUNTS)
        evaluation.evaluate()
        evaluation.accumulate()
        if not proposals:
            evaluation.summarize()
    return evaluation


def class_precisions(evaluation: COCOeval) -> list[float]:
    """The average precision of each class; -1 where there are no objects."""
    precision = evaluation.eval["precision"][:, :, :, 0, 2]
    means = [precision[:, :, k][precision[:, :, k] > -1] for k in range(CLASSES)]
    return [float(np.mean(mean)) if len(mean) else -1.0 for mean in means]


def inputs(case: Case) -> dict[str, Tensor]:
    """The rows of a case."""
    truths = np.array(case.rows.truths).reshape(-1, 8)
    detections = np.array(case.rows.detections).reshape(-1, 7)
    return {
        "gt_image": torch.tensor(truths[:, 0].astype(np.int64)),
        "gt_labels": torch.tensor(truths[:, 1].astype(np.int64)),
        "gt_boxes": torch.tensor(truths[:, 2:6].astype(np.float32)),
        "gt_areas": torch.tensor(truths[:, 6]),
        "gt_crowds": torch.tensor(truths[:, 7] > 0),
        "detection_image": torch.tensor(detections[:, 0].astype(np.int64)),
        "detection_labels": torch.tensor(detections[:, 1].astype(np.int64)),
        "detection_boxes": torch.tensor(detections[:, 2:6].astype(np.float32)),
        "detection_scores": torch.tensor(detections[:, 6].astype(np.float32)),
    }


def tensors(name: str, case: Case) -> dict[str, Tensor]:
    """The rows of a case and what pycocotools makes of them."""
    evaluation = evaluate(case)
    found = inputs(case) | {
        "expected/values": torch.tensor(evaluation.stats, dtype=torch.float64),
        "expected/classes": torch.tensor(class_precisions(evaluation), dtype=torch.float64),
        "expected/proposal_recall": proposal_recall(case),
    }
    return {f"{name}/{key}": tensor for key, tensor in found.items()}


def proposal_recall(case: Case) -> Tensor:
    """For each number of proposals the recall at IoU 0.5 and from 0.5 to 0.95; -1 without objects.

    The detections are the proposals, in the order of their scores; classes don't count. Areas are
    those of the boxes.
    """
    plain = Case(case.images, 0)
    plain.rows = Rows(
        [[*row[:6], (row[4] - row[2]) * (row[5] - row[3]), row[7]] for row in case.rows.truths],
        [[row[0], 1.0, *row[2:]] for row in case.rows.detections],
    )
    recall = evaluate(plain, proposals=True).eval["recall"][:, 0, 0, :]
    return torch.tensor(np.stack([recall[0], recall.mean(axis=0)], axis=1), dtype=torch.float64)


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path(__file__).parent)
    arguments = parser.parse_args()
    cases = random_cases() | edge_cases()
    facts = [
        {"name": name, "parameters": {"images": case.images, "proposals": PROPOSAL_COUNTS}}
        for name, case in cases.items()
    ]
    rows = {key: value for name, case in cases.items() for key, value in tensors(name, case).items()}
    path = arguments.output / "coco_metrics.safetensors"
    write_safetensors(path, rows, {"cases": facts})
    print(f"{path.name}: {len(cases)} cases")


if __name__ == "__main__":
    main()
