"""The assigners of mmdetection, and SciPy's matching."""

import dense  # noqa: F401 (first: it makes mmdet importable)
import numpy as np
import torch
from detection import indices_outcome
from mmdet.models.task_modules.assigners import (
    ATSSAssigner,
    DynamicSoftLabelAssigner,
    HungarianAssigner,
    SimOTAAssigner,
    TaskAlignedAssigner,
)
from mmdet_detr_objective import COSTS
from mmengine.structures import InstanceData
from scipy.optimize import linear_sum_assignment
from work import Inputs, Outcome, Peer


def assignment_peers(data: Inputs, memory_limit: float) -> list[Peer]:
    """mmdetection's assigner, unless it would need more than `memory_limit` bytes."""
    priors, boxes = (torch.from_numpy(data[name]) for name in ("priors", "gt_boxes"))
    # The overlaps, the distances and what is made of them.
    if 9 * 4 * len(priors) * len(boxes) > memory_limit:
        return []
    assigner = ATSSAssigner(topk=9)
    counts = data["prior_levels"].tolist()
    instances = InstanceData(bboxes=boxes, labels=torch.zeros(len(boxes), dtype=torch.int64))
    return [
        Peer(
            "mmdetection",
            lambda: assigner.assign(InstanceData(priors=priors), counts, instances).gt_inds - 1,
            indices_outcome,
        )
    ]


def predicted_assignment_peers(
    operation: str, data: Inputs, memory_limit: float
) -> list[Peer]:
    """mmdetection's assigner that reads predictions, unless it would need more than `memory_limit` bytes."""
    boxes, scores, priors = (torch.from_numpy(data[name]) for name in ("boxes", "scores", "priors"))
    truth = InstanceData(
        bboxes=torch.from_numpy(data["gt_boxes"]), labels=torch.from_numpy(data["gt_labels"]) - 1
    )
    if operation == "task_aligned":
        assigner, columns = TaskAlignedAssigner(topk=13), 9
    else:
        # Each class of each pair, five times over.
        columns = 5 * scores.shape[1]
        assigner = SimOTAAssigner() if operation == "sim_ota" else DynamicSoftLabelAssigner()
        strides = np.repeat(data["prior_strides"], data["prior_levels"]).astype(np.float32)
        centers = (priors[:, :2] + priors[:, 2:]) / 2
        priors = torch.cat([centers, torch.from_numpy(strides)[:, None].expand(-1, 2)], dim=1)
        if operation == "dynamic_soft_label":
            scores = scores.logit()
    if 4 * columns * len(priors) * len(truth) > memory_limit:
        return []
    instances = InstanceData(priors=priors, bboxes=boxes, scores=scores)
    return [
        Peer(
            "mmdetection",
            lambda: assigner.assign(instances, truth).gt_inds - 1,
            indices_outcome,
        )
    ]


def matching_peers(data: Inputs) -> list[Peer]:
    """SciPy's matching of the same costs."""
    # As DETR has them, a row for each query.
    costs = data["costs"].T

    def outcome(pairs: tuple[np.ndarray, np.ndarray]) -> Outcome:
        matches = np.full(len(costs), -1)
        matches[pairs[0]] = pairs[1]
        return indices_outcome(torch.from_numpy(matches))

    return [Peer("SciPy", lambda: linear_sum_assignment(costs), outcome)]


def detr_costs(
    logits: np.ndarray, boxes: np.ndarray, gt_boxes: np.ndarray, gt_labels: np.ndarray
) -> np.ndarray:
    """The match costs of mmdetection's DETR in an image of 800 x 1,000 pixels, a row for each object."""
    predicted = InstanceData(bboxes=torch.from_numpy(boxes), scores=torch.from_numpy(logits))
    truth = InstanceData(
        bboxes=torch.from_numpy(gt_boxes), labels=torch.from_numpy(gt_labels) - 1
    )
    costs = HungarianAssigner([{"type": "ClassificationCost", "weight": 1.0}, *COSTS]).match_costs
    return sum(cost(predicted, truth, {"img_shape": (800, 1000)}) for cost in costs).numpy().T
