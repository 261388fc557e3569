"""Objectives on tensors of PyTorch; imported only where there are some."""

from losskit._torch.evaluate import evaluate

__all__ = ["evaluate"]
