"""Objectives: recipes that are evaluated on the tensors of a model."""

from __future__ import annotations

import ctypes
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal, Union

from losskit import _arrays, _call, _library, _numpy
from losskit._batch import Batch
from losskit._losses import Losses
from losskit._targets import Targets

Recipe = Union[str, "os.PathLike[str]", Mapping[str, Any]]
#: A NumPy array, or a tensor of PyTorch.
Tensor = Any
Target = Mapping[str, Any]


@dataclass(frozen=True)
class Term:
    """A term of a stage, as the recipe has it.

    Attributes:
        stage: The stage.
        name: The name in the stage.
        predictions: The tensors that it reads, one a level.
        layout: How their axes map to rows, such as ``"n (a c) h w"``.
        target: The type of its target.
        loss: The type of its loss.
        columns: How many columns the loss reads a row; ``None`` where the tensor tells.
        class_columns: Of a term of classes, how many columns one class and the background take.
        background: Where the background stands among columns of classes.
        activation: What turns a row into probabilities.
        class_specific: Whether there is a row for each class.
        weight: What its value is multiplied by in the total.
        remembers: Whether its normalizer is a running mean.
        loss_remembers: Whether its loss remembers something.
    """

    stage: str
    name: str
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
    loss_remembers: bool


@dataclass(frozen=True)
class Stage:
    """A stage of an objective, as the recipe has it.

    Attributes:
        name: The name.
        priors: The type of its priors.
        assigner: The type of its assigner.
        source: The stage that its priors are made from, if one is.
        priors_per_cell: A number a level; ``None`` where priors lie on no feature map.
        reads_predictions: Whether its targets need its predictions.
        terms: The terms, by their names.
    """

    name: str
    priors: str
    assigner: str
    source: str | None
    priors_per_cell: tuple[int, ...] | None
    reads_predictions: bool
    terms: dict[str, Term]


class Objective:
    """A recipe, ready to be evaluated.

    An objective never changes but for ``state``; it can be pickled and copied, and used by several threads.

    Args:
        recipe: The name of a recipe that comes with LossKit, the path of a file, or a recipe as a mapping,
            which may extend another.
        overrides: Values by path, such as ``{"stages.head.terms.box.loss": "giou"}``, as ``--set`` of the
            command takes them.
        losses: Losses of one's own that the recipe may name.
        plugins: Paths of shared libraries whose losses the recipe may name; their code is run.
        allow_plugins: Whether libraries that the recipe itself names are loaded.
        on_nonfinite: ``"raise"`` where a prediction is NaN or infinite, or ``"skip"``: losses and gradients
            are then zero, ``Losses.skipped`` says why, and there is a warning.
        threads: How many threads to use; as ``losskit.set_threads`` says where left out. Results don't
            depend on it.
        distributed: Whether normalizers are averaged over the processes of ``torch.distributed``, where it
            is in use.

    Attributes:
        name: The recipe's name.
        recipe: The recipe, with all that it extends and every override.
        predictions: The names of the tensors that the terms read.
        stages: The stages, by name.
        terms: The terms by ``"stage.term"``, in the order of the recipe.
        state: What the objective remembers, which every step moves on: by term the running mean of its
            normalizer, and by the term and ``.loss`` the numbers that its loss remembers.

    Raises:
        RecipeError: Where the recipe or an override is wrong; ``diagnostics`` has everything that is.
    """

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
        distributed: bool = True,
    ) -> None:
        if on_nonfinite not in ("raise", "skip"):
            raise ValueError(f"on_nonfinite is {on_nonfinite!r}; expected 'raise' or 'skip'")
        self.on_nonfinite = on_nonfinite
        self.threads = None if threads is None else _call.checked_threads(threads)
        self.distributed = distributed
        self.state: _call.State = {}
        self._losses = tuple(losses)
        self._plugins = tuple(os.fspath(path) for path in plugins)
        self._allow_plugins = allow_plugins
        self._given_priors: dict[str, tuple[Any, list[tuple[int, float]]]] = {}
        # Whether the next call looks for what is probably wrong with its batch: the first one.
        self._warns = True
        self.handle = self._create(recipe, overrides or {})
        self._describe()

    def _create(self, recipe: Recipe, overrides: Mapping[str, Any]) -> _library.Handle:
        registry = _registry(self._losses, self._plugins)
        flags = _library.ALLOW_PLUGINS if self._allow_plugins else 0
        if isinstance(recipe, Mapping):
            flags |= _library.RECIPE_TEXT
            source = _arrays.json_text(recipe, "recipe").encode()
        else:
            source = os.fsencode(recipe)
        settings = [f"{path}={_arrays.json_text(value, path)}".encode() for path, value in overrides.items()]
        return _library.made(
            _library.objective_create,
            _library.objective_free,
            None if registry is None else registry.address,
            source,
            flags,
            (ctypes.c_char_p * len(settings))(*settings),
            len(settings),
        )

    def _describe(self) -> None:
        description = json.loads(_library.objective_description(self.handle.address))
        self.name: str = description["name"]
        self.recipe: dict[str, Any] = json.loads(_library.objective_recipe(self.handle.address))
        # A recipe without a name has that of its file.
        self.recipe.setdefault("name", self.name)
        self.predictions: tuple[str, ...] = tuple(description["predictions"])
        self.stages = {stage["name"]: _stage(stage) for stage in description["stages"]}
        self.terms = {
            f"{stage.name}.{term.name}": term
            for stage in self.stages.values()
            for term in stage.terms.values()
        }
        #: For each prediction the indices of the terms that read it.
        self.readers = tuple(
            tuple(index for index, term in enumerate(self.terms.values()) if name in term.predictions)
            for name in self.predictions
        )

    def __call__(
        self,
        predictions: Mapping[str, Tensor],
        targets: Sequence[Target] | Targets,
        *,
        image_sizes: Any = None,
        padded_sizes: Any = None,
        step: int = 0,
        proposals: Sequence[Any] | None = None,
        samples: Mapping[str, Any] | None = None,
        state: Mapping[str, Any] | None = None,
        gradients: bool = True,
        term_gradients: bool = False,
    ) -> Losses[Any]:
        """Evaluates the objective.

        Args:
            predictions: The tensors by name: NumPy arrays, for which arrays come back, or PyTorch tensors,
                for which tensors come back that autograd can go back from. Others are left alone.
            targets: For each image ``"boxes"``, ``[objects, 4]`` as x1, y1, x2, y2 in pixels, ``"labels"``,
                ``[objects]`` from 1, and maybe ``"ignore"`` or ``"iscrowd"``, ``[objects]``, true for regions
                in which priors are ignored. Or what :meth:`targets` made.
            image_sizes: Height and width of each image; not needed with what :meth:`targets` made.
            padded_sizes: Height and width to which each image by itself is padded, for priors with
                ``ignore_padding``.
            step: Counts training steps: samplers draw otherwise in each.
            proposals: Boxes for each image, for stages whose priors are proposals.
            samples: By stage which priors a recorded draw took, for the sampler ``recorded``.
            state: What to start from, which leaves ``self.state`` alone; where left out,
                ``self.state`` is started from and moved on.
            gradients: Whether to compute gradients (NumPy alone; autograd asks for them by itself).
            term_gradients: Whether to keep the gradient of each term by itself as well.

        Raises:
            KeyError: Where a prediction is missing that a term reads.
            NonFiniteError: Where a prediction isn't finite; names tensor, image and row.
            ValueError: Where a tensor, a box or a label can't be used.
        """
        torch = _torch_layer(predictions)
        if torch is not None:
            if torch.is_in_graph():
                others = {
                    "padded_sizes": padded_sizes,
                    "proposals": proposals,
                    "samples": samples,
                    "state": state,
                    "term_gradients": term_gradients,
                }
                result: Losses[Any] = torch.evaluate_in_graph(
                    self, predictions, targets, image_sizes, step, others
                )
                return result
            torch.refuse_transforms()
        kept = targets if isinstance(targets, Targets) else None
        batch = (
            Batch(
                targets,
                image_sizes,
                padded_sizes=padded_sizes,
                proposals=proposals,
                samples=samples,
                step=step,
            )
            if not isinstance(targets, Targets)
            else None
        )
        if torch is not None:
            result = torch.evaluate(
                self, predictions, batch, kept, state=state, term_gradients=term_gradients
            )
            return result
        return _numpy.evaluate(
            self,
            predictions,
            batch,
            kept,
            state=state,
            gradients=gradients,
            term_gradients=term_gradients,
        )

    def targets(
        self,
        targets: Sequence[Target],
        *,
        image_sizes: Any,
        padded_sizes: Any = None,
        stage: str | None = None,
        predictions: Mapping[str, Tensor] | None = None,
        proposals: Sequence[Any] | None = None,
        samples: Mapping[str, Any] | None = None,
        step: int = 0,
        sampled: bool = False,
        before: Targets | None = None,
    ) -> Targets:
        """What the priors of a stage should predict, before its head has run where it needn't have.

        Args:
            targets: As for a call.
            image_sizes: As for a call.
            padded_sizes: As for a call.
            stage: The stage; all where left out.
            predictions: The tensors that tell the size of feature maps, or that the assigner reads.
            proposals: As for a call.
            samples: As for a call.
            step: As for a call.
            sampled: Whether to keep the sampled priors alone, for a head that runs on nothing else: its
                predictions then have a row for each of them, images outermost. A stage on feature maps, or
                one whose targets need its predictions, keeps all.
            before: Targets of other stages of this batch, which the new ones will hold too.

        Raises:
            KeyError: Where there is no such stage, or a prediction is missing.
            ValueError: Where something can't be used.
        """
        batch = Batch(
            targets, image_sizes, padded_sizes=padded_sizes, proposals=proposals, samples=samples, step=step
        )
        # No gradient flows through targets.
        read = {
            name: value.detach() if hasattr(value, "detach") else value
            for name, value in (predictions or {}).items()
        }
        kept, views = _numpy.views(self, read)
        memory = ctypes.create_string_buffer(_call.tensor_bytes(views))
        start = ctypes.addressof(memory)
        _call.packed_tensors(views, memory, start, 0)
        handle = _library.made(
            _library.targets_create,
            _library.targets_free,
            self.handle.address,
            None if stage is None else stage.encode(),
            batch.address,
            start,
            None if before is None else before.handle.address,
            _library.SAMPLED if sampled else 0,
            self.threads or _call.threads(),
        )
        del kept
        made = (*self.stages,) if stage is None else (stage,)
        others = () if before is None else tuple(name for name in before if name not in made)
        return Targets(handle, others + made, batch.count)

    def with_priors(self, stage: str, boxes: Any, levels: Sequence[tuple[int, float]] = ()) -> Objective:
        """The same objective with priors of the caller's for all images, in the place of those that the
        recipe has a stage make: for models with a generator of their own.

        Args:
            stage: The stage.
            boxes: ``[priors, 4]``, levels in order.
            levels: The number of priors and the stride of each level; left out for one level without.
        """
        priors = _arrays.boxes(boxes, "boxes").copy()
        other = Objective.__new__(Objective)
        other.__dict__.update(self.__dict__)
        other.state = dict(self.state)
        other._given_priors = self._given_priors | {stage: (priors, list(levels))}
        other.handle = _with_priors(self.handle, stage, priors, levels)
        other._describe()
        return other

    def move_on(self, state: _call.State) -> None:
        """Takes what an outcome remembers for what to start the next step from."""
        self.state |= state

    def __reduce__(self) -> tuple[Any, ...]:
        options = {
            "losses": self._losses,
            "plugins": self._plugins,
            "allow_plugins": self._allow_plugins,
            "on_nonfinite": self.on_nonfinite,
            "threads": self.threads,
            "distributed": self.distributed,
        }
        return _made_again, (self.recipe, options, self._given_priors, dict(self.state))

    def __repr__(self) -> str:
        return f"<losskit.Objective {self.name!r}: {', '.join(self.terms)}>"


def _made_again(
    recipe: dict[str, Any],
    options: dict[str, Any],
    given_priors: dict[str, tuple[Any, list[tuple[int, float]]]],
    state: _call.State,
) -> Objective:
    objective = Objective(recipe, **options)
    for stage, (boxes, levels) in given_priors.items():
        objective = objective.with_priors(stage, boxes, levels)
    objective.state.update(state)
    return objective


def _with_priors(
    objective: _library.Handle, stage: str, boxes: Any, levels: Sequence[tuple[int, float]]
) -> _library.Handle:
    members, kept = _arrays.priors(boxes, levels)
    priors = ctypes.create_string_buffer(_arrays.PRIORS.pack(*members))
    handle = _library.made(
        _library.objective_with_priors,
        _library.objective_free,
        objective.address,
        stage.encode(),
        ctypes.addressof(priors),
    )
    del kept
    return handle


def components(
    losses: Iterable[Any] = (), plugins: Iterable[str | os.PathLike[str]] = ()
) -> dict[str, list[dict[str, Any]]]:
    """What recipes may name, by kind (``"loss"``, ``"assigner"``, …): names, formulas, sources, parameters.

    Args:
        losses: Losses of one's own to list too.
        plugins: Shared libraries whose losses to list too; their code is run.
    """
    registry = _registry(tuple(losses), tuple(os.fspath(path) for path in plugins))
    result: dict[str, list[dict[str, Any]]] = {}
    for entry in _library.components(None if registry is None else registry.address):
        result.setdefault(entry.pop("kind"), []).append(entry)
    return result


def _registry(losses: tuple[Any, ...], plugins: tuple[str, ...]) -> _library.Handle | None:
    """A registry of what comes with the library and these; ``None`` for what comes with it alone."""
    if not losses and not plugins:
        return None
    registry = _library.made(_library.registry_create, _library.registry_free)
    for path in plugins:
        _library.check(_library.registry_load(registry.address, os.fsencode(path)))
    for loss in losses:
        _library.check(_library.registry_add(registry.address, loss.table))
    return registry


def _stage(node: dict[str, Any]) -> Stage:
    per_cell = node["priors_per_cell"]
    terms = {
        term["name"]: Term(stage=node["name"], **{**term, "predictions": tuple(term["predictions"])})
        for term in node["terms"]
    }
    return Stage(
        **{
            **node,
            "priors_per_cell": None if per_cell is None else tuple(per_cell),
            "terms": terms,
        }
    )


def _torch_layer(predictions: Mapping[str, Tensor]) -> ModuleType | None:
    """What evaluates where there are tensors of PyTorch; ``None`` where there are none."""
    for value in predictions.values():
        if type(value).__module__.startswith("torch"):
            from losskit import _torch

            return _torch
    return None
