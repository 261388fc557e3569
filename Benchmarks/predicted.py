"""What mmdetection and ultralytics have for objectives whose assigners read predictions."""

from types import SimpleNamespace

import dense
import mmdet_detr_objective
import mmdet_rtmdet_objective
import mmdet_tood_objective
import mmdet_yolox_objective
import numpy as np
import predicted_boxes
import torch
import ultralytics_objective
from inputs import normals
from numpy.random import Generator
from torch import Tensor, nn
from work import Inputs


class Predicted(dense.Mmdetection):
    """An objective on points, half of which predict a box like the object that they lie in."""

    names: tuple[str, ...] = ("cls_score", "bbox_pred")
    strides = (8, 16, 32)
    offset = 0.5

    @classmethod
    def drawn(
        cls, generator: Generator, boxes: list[np.ndarray], padded: dense.Size, classes: int
    ) -> Inputs:
        """Scores, and boxes near the objects."""
        squares = predicted_boxes.point_squares(padded, cls.strides, cls.offset)
        images = [SimpleNamespace(boxes=torch.from_numpy(objects)) for objects in boxes]
        random = torch.Generator().manual_seed(int(generator.integers(2**31)))
        distances = predicted_boxes.predicted_distances(images, squares, random)
        scores = torch.from_numpy(normals(generator, (len(boxes), len(squares), classes)))
        rows = cls.rows(generator, scores, distances, squares)
        maps = [
            predicted_boxes.as_maps(part, name, padded, cls.strides)
            for name, part in zip(cls.names, rows)
        ]
        return {name: tensor.numpy() for part in maps for name, tensor in part.items()}

    @staticmethod
    def rows(
        generator: Generator, scores: Tensor, distances: Tensor, squares: Tensor
    ) -> tuple[Tensor, ...]:
        """The outputs in their order, (images, points, columns), from distances in pixels."""
        return scores, distances


class TOOD(Predicted):
    """tood."""

    terms = ("tood_cls", "tood_box")
    strides = mmdet_tood_objective.STRIDES
    offset = 0

    @staticmethod
    def rows(
        generator: Generator, scores: Tensor, distances: Tensor, squares: Tensor
    ) -> tuple[Tensor, ...]:
        """Its scores are probabilities."""
        return scores.sigmoid(), distances

    def make_head(self, columns: int) -> nn.Module:
        """As tood_r50_fpn has it, after its first epochs."""
        head = mmdet_tood_objective.make_head(columns)
        mmdet_tood_objective.start_epoch(head, initial=False)
        sizes = predicted_boxes.map_sizes(self.padded, self.strides)
        self.anchors = head.prior_generator.grid_priors(sizes, device="cpu")
        return head

    def outputs_of_head(self) -> list[list[Tensor]]:
        """Scores and the boxes that the head itself decodes."""
        scores, distances = super().outputs_of_head()
        return [scores, mmdet_tood_objective.head_boxes(self.head, self.anchors, distances)]


class YOLOX(Predicted):
    """yolox."""

    names = mmdet_yolox_objective.NAMES
    terms = ("yolox_cls", "yolox_box", "yolox_objectness")
    keys = ("loss_cls", "loss_bbox", "loss_obj")

    @staticmethod
    def rows(
        generator: Generator, scores: Tensor, distances: Tensor, squares: Tensor
    ) -> tuple[Tensor, ...]:
        """Deltas, and objectness beside the classes."""
        points = predicted_boxes.centers_of(squares)
        boxes = torch.cat([points - distances[..., :2], points + distances[..., 2:]], dim=2)
        objectness = torch.from_numpy(normals(generator, (*scores.shape[:2], 1)))
        return scores, mmdet_yolox_objective.encode(boxes, squares), objectness

    def make_head(self, columns: int) -> nn.Module:
        """As yolox_s has it."""
        return mmdet_yolox_objective.make_head(columns)


class RTMDet(Predicted):
    """rtmdet."""

    terms = ("rtmdet_cls", "rtmdet_box")
    offset = 0

    def make_head(self, columns: int) -> nn.Module:
        """As rtmdet_l has it."""
        return mmdet_rtmdet_objective.make_head(columns)


class YOLOv8(Predicted):
    """yolov8."""

    library = "ultralytics"
    terms = ("yolov8_box", "yolov8_cls", "yolov8_dfl")

    @staticmethod
    def rows(
        generator: Generator, scores: Tensor, distances: Tensor, squares: Tensor
    ) -> tuple[Tensor, ...]:
        """Distributions whose means are about the distances in strides."""
        last = ultralytics_objective.BINS - 1
        strides = distances / (squares[:, 2:3] - squares[:, :1])
        away = (strides[..., None].clamp(max=last) - torch.arange(last + 1)).abs()
        noise = torch.from_numpy(normals(generator, tuple(away.shape)))
        return scores, (0.15 * noise - 2 * away).flatten(2)

    def make_head(self, columns: int) -> nn.Module:
        """The criterion of the model."""
        self.gains = ultralytics_objective.GAINS
        images = [
            SimpleNamespace(boxes=boxes, labels=labels) for boxes, labels in self.truths
        ]
        self.batch = ultralytics_objective.labels_of(images, self.padded)
        return ultralytics_objective.make_criterion(columns)

    def losses(self) -> dict[str, Tensor]:
        """Those of the criterion, which multiplies them by gains and the number of images."""
        scores, boxes = self.outputs_of_head()
        outputs = [torch.cat(level, dim=1) for level in zip(boxes, scores)]
        losses = self.head(outputs, self.batch)[0] / len(self.sizes)
        return {term: loss / self.weight(term) for term, loss in zip(self.terms, losses)}

    def weight(self, term: str) -> float:
        """The gain."""
        return self.gains[term]


class DETR(dense.Mmdetection):
    """detr: layers in place of levels."""

    names = ("cls_scores", "bbox_preds")
    strides = tuple(range(mmdet_detr_objective.LAYERS))
    keys = {"detr_cls": "loss_cls", "detr_box": "loss_bbox", "detr_giou": "loss_iou"}
    queries = 100

    @classmethod
    def drawn(
        cls, generator: Generator, boxes: list[np.ndarray], padded: dense.Size, classes: int
    ) -> Inputs:
        """Scores with a column for the background, and boxes in shares of the image."""
        shape = (len(boxes), cls.queries)
        found = {}
        for layer in cls.strides:
            found[f"cls_scores_{layer}"] = normals(generator, (*shape, classes + 1))
            logits = normals(generator, (*shape, 4)) / 2
            found[f"bbox_preds_{layer}"] = 1 / (1 + np.exp(-logits))
        return found

    def make_head(self, columns: int) -> nn.Module:
        """As detr_r50 has it."""
        classes = self.bundle["cls_scores_0"].shape[2] - 1
        return mmdet_detr_objective.make_head(classes)

    def losses(self) -> dict[str, Tensor]:
        """Those of all layers, of which the last one's have no prefix."""
        scores, boxes = (torch.stack(levels) for levels in self.outputs_of_head())
        found = self.head.loss_by_feat(scores, boxes, self.instances, self.metas)
        prefixes = [f"d{layer}." for layer in self.strides[:-1]] + [""]
        return {
            f"detr_{layer}.{term}": found[prefix + key] / self.weight(term)
            for layer, prefix in enumerate(prefixes)
            for term, key in self.keys.items()
        }

    def weight(self, term: str) -> float:
        """What all layers' losses of a kind have in them."""
        return getattr(self.head, self.keys[term.rpartition(".")[2]]).loss_weight


RECIPES = {
    "retinanet_torchvision": dense.TorchvisionRetinaNet,
    "fcos_torchvision": dense.TorchvisionFCOS,
    "atss": dense.MmdetectionATSS,
    "gfl": dense.MmdetectionGFL,
    "tood": TOOD,
    "yolov8": YOLOv8,
    "yolox": YOLOX,
    "rtmdet": RTMDet,
    "detr": DETR,
}
