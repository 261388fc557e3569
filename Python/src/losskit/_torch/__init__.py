"""Objectives on tensors of PyTorch; imported only where there are some."""

from torch.compiler import is_compiling as is_in_graph

from losskit._torch.evaluate import evaluate, refuse_transforms
from losskit._torch.operator import evaluate_in_graph

__all__ = ["evaluate", "evaluate_in_graph", "is_in_graph", "refuse_transforms"]
