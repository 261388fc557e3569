"""A sampler for torchvision's detectors that remembers what it drew."""

from collections.abc import Callable

from torch import Tensor

Masks = list[Tensor]


class RecordingSampler:
    """Draws as the sampler it wraps does, and keeps each draw as one 0/1 mask an image."""

    def __init__(self, sampler: Callable[[Masks], tuple[Masks, Masks]]) -> None:
        self.sampler = sampler
        self.drawn: Masks = []

    def __call__(self, labels: Masks) -> tuple[Masks, Masks]:
        """The masks of the sampled positives and of the sampled negatives."""
        positive, negative = self.sampler(labels)
        self.drawn = [p | n for p, n in zip(positive, negative)]
        return positive, negative
