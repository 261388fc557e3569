"""Objectives: recipes that are evaluated on the tensors of a model."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from losskit._losses import Losses

Recipe = str | os.PathLike[str] | Mapping[str, Any]
Tensor = Any  # a NumPy array, or a tensor of PyTorch
Target = Mapping[str, ArrayLike]
Sizes = Sequence[tuple[int, int]] | NDArray[np.integer[Any]]


class Term:
    """A term of a stage, as the recipe has it; see ``losskit_objective_description`` of losskit.h."""

    stage: str
    name: str
    path: str  # "stage.name"
    predictions: tuple[str, ...]
    layout: str
    target: str
    loss: str
    columns: int | None
    class_columns: int | None
    background: Literal["first", "last", "none"]
    activation: str
    class_specific: bool
    weight: float
    remembers: bool


class Stage:
    """A stage of an objective, as the recipe has it."""

    name: str
    priors: str
    assigner: str
    source: str | None
    priors_per_cell: tuple[int, ...] | None
    reads_predictions: bool
    terms: tuple[Term, ...]


class Objective:
    """A recipe, ready to be evaluated.

    Args:
        recipe: The name of a recipe that comes with LossKit, the path of a file, or a recipe as a mapping,
            which may extend another.
        overrides: Values by path, such as ``{"stages.head.terms.box.loss": "giou"}``, as ``--set`` of the
            command takes them.
        losses: Losses of one's own that the recipe may name (``@losskit.loss``).
        plugins: Paths of shared libraries whose losses the recipe may name; their code is run.
        allow_plugins: Whether libraries that the recipe itself names are loaded.
        on_nonfinite: ``"raise"`` (the default) where a prediction is NaN or infinite, or ``"skip"``: the
            losses and gradients are then zero, and ``Losses.skipped`` says why.
        threads: How many threads to use; one a processor where left out. Results don't depend on it.

    An objective never changes but for ``state``; it can be pickled and copied, and used by several threads.

    Raises:
        RecipeError: Where the recipe or an override is wrong; ``diagnostics`` has everything that is.
    """

    name: str
    recipe: dict[str, Any]
    description: dict[str, Any]
    predictions: tuple[str, ...]  # the names of the tensors that the terms read
    stages: dict[str, Stage]
    terms: dict[str, Term]  # by "stage.term", in the order of the recipe
    state: dict[str, float]  # the running means of normalizers

    def __init__(
        self,
        recipe: Recipe,
        overrides: Mapping[str, Any] | None = None,
        *,
        losses: Iterable[Any] = (),
        plugins: Iterable[str | os.PathLike[str]] = (),
        allow_plugins: bool = False,
        on_nonfinite: Literal["raise", "skip"] = "raise",
        threads: int | None = None,
    ) -> None:
        raise NotImplementedError

    def __call__(
        self,
        predictions: Mapping[str, Tensor],
        targets: Sequence[Target] | Targets,
        *,
        image_sizes: Sizes | None = None,
        step: int = 0,
        proposals: Sequence[ArrayLike] | None = None,
        samples: Mapping[str, ArrayLike] | None = None,
        state: Mapping[str, float] | None = None,
        gradients: bool = True,
        term_gradients: bool = False,
    ) -> Losses[Any]:
        """Evaluates the objective.

        Args:
            predictions: The tensors by name: NumPy arrays, for which arrays come back, or PyTorch tensors,
                for which tensors come back that autograd can go back from.
            targets: For each image ``"boxes"``, ``[objects, 4]`` as x1, y1, x2, y2 in pixels, ``"labels"``,
                ``[objects]`` from 1, and maybe ``"ignore"`` or ``"iscrowd"``, ``[objects]``, true for regions
                in which priors are ignored. Or what :meth:`targets` made.
            image_sizes: Height and width of each image; not needed with what :meth:`targets` made.
            step: Counts training steps: samplers draw otherwise in each.
            proposals: Boxes for each image, for stages whose priors are proposals.
            samples: By stage which priors a recorded draw took, for the sampler ``recorded``.
            state: Running means to start from; ``self.state``, which is then moved on, where left out.
            gradients: Whether to compute gradients (NumPy alone; autograd asks for them by itself).
            term_gradients: Whether to compute those of single terms as well.

        Raises:
            KeyError: Where a prediction is missing that a term reads.
            NonFiniteError: Where a prediction isn't finite; names tensor, image and row.
            ValueError: Where a tensor, a box or a label can't be used.
        """
        raise NotImplementedError

    def targets(
        self,
        targets: Sequence[Target],
        *,
        image_sizes: Sizes,
        stage: str | None = None,
        predictions: Mapping[str, Tensor] | None = None,
        proposals: Sequence[ArrayLike] | None = None,
        samples: Mapping[str, ArrayLike] | None = None,
        step: int = 0,
        sampled: bool = False,
        before: Targets | None = None,
    ) -> Targets:
        """What the priors of a stage should predict, before its head has run where it needn't have.

        Args:
            stage: The stage; all where left out.
            predictions: The tensors that tell the size of feature maps, or that the assigner reads.
            sampled: Whether to keep the sampled priors alone, for a head that runs on nothing else: its
                predictions then have a row for each of them, images outermost.
            before: Targets of other stages of this batch, which the new ones will hold too.
        """
        raise NotImplementedError

    def with_priors(
        self, stage: str, boxes: ArrayLike, levels: Sequence[tuple[int, float]] | None = None
    ) -> Objective:
        """The same objective with priors of the caller's for all images, ``[priors, 4]``, in the place of
        those that the recipe has a stage make.

        Args:
            levels: The number of priors and the stride of each level.
        """
        raise NotImplementedError


class Targets(Mapping[str, "StageTargets"]):
    """The targets of some stages of a batch, by stage; made by :meth:`Objective.targets`."""


class StageTargets:
    """What the priors of one stage should predict, those of all images one after another.

    Attributes:
        priors: ``[priors, 4]``, x1, y1, x2, y2.
        image: ``[priors]``, the image of each.
        level: ``[priors]``, its level.
        assigned: ``[priors]``, the object of the image, from 0; -1 background, -2 ignored.
        sampled: ``[priors]``, whether it counts.
        terms: By name, for each term the rows that it compares.
    """

    priors: NDArray[np.float32]
    image: NDArray[np.int64]
    level: NDArray[np.int64]
    assigned: NDArray[np.int64]
    sampled: NDArray[np.bool_]
    terms: dict[str, TermTargets]

    def boxes(self) -> list[NDArray[np.float32]]:
        """The priors of each image, ``[priors, 4]``: what a head runs on where the sampled ones were kept."""
        raise NotImplementedError


class TermTargets:
    """What the rows of a term should be.

    Attributes:
        prior: ``[rows]``, the row's prior in ``StageTargets.priors``.
        targets: ``[rows]`` labels, 0 for background, or ``[rows, columns]`` numbers.
        row_weights: ``[rows]``, or ``None``.
    """

    prior: NDArray[np.int64]
    targets: NDArray[np.int64] | NDArray[np.float32]
    row_weights: NDArray[np.float32] | None
