"""Make `detection_errors.safetensors`: errors of detections by kind, by tidecv.

    make_detection_errors.py [--output DIR]
"""

import argparse
import itertools
from pathlib import Path

import numpy as np
import torch
from make_coco_metrics import CLASSES, Case, inputs, single
from safetensors_file import write_safetensors
from tidecv import TIDE, Data
from tidecv.errors.main_errors import MissedError
from tidecv.quantify import TIDERun
from torch import Tensor

KINDS = ("Cls", "Loc", "Both", "Dupe", "Bkg", "Miss")


def is_doubtful(objects: int) -> bool:
    """Whether some of so many objects are a share that tidecv has as x / 100 and pycocotools as x * 0.01."""
    shares = {found / objects for found in range(1, objects + 1)} if objects else set()
    return any(x / 100 in shares and x / 100 != x * 0.01 for x in range(100))


def confused(images: int, seed: int, per_image: int, amount: float, wrong: float) -> Case:
    """The first case from a seed on whose recalls are none where tidecv's and COCO's differ in the last bit."""
    for try_seed in itertools.count(1000 * seed):
        case = draw(images, try_seed, per_image, amount, wrong)
        result = evaluate(case)
        missed = [error.gt["class"] for error in result.error_dict[MissedError]]
        labels = [int(row[1]) for row in case.rows.truths]
        counts = [labels.count(label) for label in range(1, CLASSES + 1)]
        left = [labels.count(label) - missed.count(label) for label in range(1, CLASSES + 1)]
        if not any(is_doubtful(count) for count in counts + left):
            return case
    raise AssertionError


def draw(images: int, seed: int, per_image: int, amount: float, wrong: float) -> Case:
    """Detections near objects, some twice, some of another class, and others anywhere; no two scores alike.

    Every class has objects, as tidecv counts a class without them as one of AP 0.
    """
    case = Case(images, seed).objects(per_image)
    for label in range(1, CLASSES + 1):
        case.truth(label % images, label, case.box())
    scores = iter(case.random.permutation(4096) / 4096)
    for row in list(case.rows.truths):
        image, label, box = int(row[0]), int(row[1]), row[2:6]
        for _ in range(int(case.random.integers(0, 4))):
            found = label
            if case.random.uniform() < wrong:
                found = int(case.random.integers(1, CLASSES + 1))
            near = case.near(box, case.random.uniform(0, 2 * amount))
            case.detection(image, found, near, next(scores))
    for image in range(images):
        for _ in range(3):
            label = int(case.random.integers(1, CLASSES + 1))
            case.detection(image, label, case.box(), next(scores))
    return case


def cases() -> dict[str, Case]:
    """Detectors that are wrong in different ways."""
    alone = Case(2, 58)
    for label in range(1, CLASSES + 1):
        alone.truth(0, label, alone.box())
        alone.detection(1, label, alone.box(), label / 4)
    exact = Case(1, 59)
    for label in range(1, CLASSES + 1):
        exact.truth(0, label, [10.0, 60.0 * label - 50, 50.0, 60.0 * label - 10])
        for index, width in enumerate((20, 4, 19.5, 40, 3.5)):
            box = single([10, 60 * label - 50, 10 + width, 60 * label - 10])
            found = (label - 1 + index % 2) % CLASSES + 1
            exact.detection(0, found, box, 0.9 - 0.01 * (5 * label + index))
    return {
        "mixed": confused(7, 51, 5, 0.15, 0.2),
        "wrong_classes": confused(6, 52, 4, 0.05, 0.7),
        "loose": confused(6, 53, 5, 0.5, 0.1),
        "precise": confused(5, 54, 6, 0.02, 0.0),
        "crowded": confused(2, 55, 20, 0.2, 0.3),
        "one_each": confused(3, 56, 0, 0.2, 0.3),
        "images_without_detections": alone,
        "exact_overlaps": exact,
    }


def evaluate(case: Case) -> TIDERun:
    """What tidecv makes of a case."""
    truth, found = Data("truth"), Data("found", max_dets=100)
    for label in range(1, CLASSES + 1):
        truth.add_class(label, str(label))
    for image in range(case.images):
        truth.add_image(image, str(image))
    for row in case.rows.truths:
        x1, y1, x2, y2 = row[2:6]
        truth.add_ground_truth(int(row[0]), int(row[1]), [x1, y1, x2 - x1, y2 - y1])
    for row in case.rows.detections:
        x1, y1, x2, y2 = row[2:6]
        found.add_detection(int(row[0]), int(row[1]), float(row[6]), [x1, y1, x2 - x1, y2 - y1])
    return TIDE().evaluate(truth, found, mode=TIDE.BOX)


def run(case: Case) -> tuple[float, list[int], list[float]]:
    """AP50, and the number and the cost of each kind of errors."""
    result = evaluate(case)
    costs = {kind.short_name: cost for kind, cost in result.fix_main_errors().items()}
    counts = {kind.short_name: count for kind, count in result.count_errors().items()}
    return (
        result.ap / 100,
        [counts[kind] for kind in KINDS],
        [float(costs[kind]) / 100 for kind in KINDS],
    )


def tensors(name: str, case: Case) -> dict[str, Tensor]:
    """The rows of a case and what tidecv makes of them."""
    precision, counts, costs = run(case)
    found = inputs(case) | {
        "expected/precision": torch.tensor([precision], dtype=torch.float64),
        "expected/counts": torch.tensor(np.array(counts, dtype=np.int64)),
        "expected/costs": torch.tensor(costs, dtype=torch.float64),
    }
    return {f"{name}/{key}": tensor for key, tensor in found.items()}


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path(__file__).parent)
    arguments = parser.parse_args()
    all_cases = cases()
    facts = [
        {"name": name, "parameters": {"images": case.images, "proposals": []}}
        for name, case in all_cases.items()
    ]
    rows = {
        key: value for name, case in all_cases.items() for key, value in tensors(name, case).items()
    }
    path = arguments.output / "detection_errors.safetensors"
    write_safetensors(path, rows, {"cases": facts})
    print(f"{path.name}: {len(all_cases)} cases")


if __name__ == "__main__":
    main()
