"""Recipes as the training objective of ultralytics' detectors.

model = YOLO("yolov8n.yaml")
attached = losskit.ultralytics.attach(model, "yolov8")
model.train(data="cells.yaml")  # on the recipe's terms
"""

from __future__ import annotations

from losskit.ultralytics._attachment import Attachment, attach
from losskit.ultralytics._criterion import Criterion

__all__ = ["Attachment", "Criterion", "attach"]
