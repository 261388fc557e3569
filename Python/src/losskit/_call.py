"""The one call into the library that evaluates: pointers in, numbers out.

The layers above, NumPy's and PyTorch's, make views of their tensors and give pointers to buffers.
"""

from __future__ import annotations

import ctypes
import json
import math
import struct
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from losskit import _library
from losskit._errors import NonFiniteError

if TYPE_CHECKING:
    from losskit._batch import Batch
    from losskit._objective import Objective
    from losskit._targets import Targets

FLOAT32, FLOAT64, FLOAT16, BFLOAT16 = 1, 2, 3, 4
_SIZE = {FLOAT32: 4, FLOAT64: 8, FLOAT16: 4, BFLOAT16: 4}

_MOST_THREADS = 1024
_threads = 0


def set_threads(count: int | None) -> None:
    """Sets how many threads objectives use that don't say it; ``None`` for one a processor."""
    global _threads
    _threads = 0 if count is None else checked_threads(count)


def checked_threads(count: int) -> int:
    """A number of threads that may be asked for."""
    if not 1 <= count <= _MOST_THREADS:
        raise ValueError(f"{count} threads; expected 1 to {_MOST_THREADS}")
    return count


def threads() -> int:
    """How many threads objectives use that don't say it; 0 for one a processor."""
    return _threads


#: What an objective remembers: by term the running mean of its normalizer, and by the term and ``.loss`` the
#: numbers that its loss remembers.
State = dict[str, float | tuple[float, ...]]


class View(NamedTuple):
    """A tensor, where it lies. ``strides`` count elements; ``None`` for no gaps, the last axis fastest."""

    pointer: int
    type: int
    shape: tuple[int, ...]
    strides: tuple[int, ...] | None = None


class TermOutcome(NamedTuple):
    """What a term comes to; norms are NaN where no gradient was asked for."""

    value: float
    weight: float
    gradient_norm: float
    positive_gradient_norm: float
    negative_gradient_norm: float
    positives: int
    negatives: int
    ignored: int


class Outcome(NamedTuple):
    """What an evaluation comes to; in the order of ``objective.terms``.

    ``divisors`` has a number an image for each term, ``state`` what the next step starts from. ``skipped``
    says why everything is zero, where something wasn't finite and ``objective.on_nonfinite`` is ``"skip"``.
    """

    terms: list[TermOutcome]
    divisors: list[tuple[float, ...]]
    state: State
    skipped: str | None = None


_EVALUATION = struct.Struct("PPPPPPIIPPPPPPPP")
_TERM = struct.Struct("dddddqqq")
_NUMBERS = struct.Struct("PN")
_TENSOR_WORDS = 4


def packed_tensors(views: Sequence[View | None], memory: Any, start: int, at: int) -> None:
    """Writes ``losskit_tensor`` structures to ``memory``, which starts at ``start``, from byte ``at`` on.

    Takes ``tensor_bytes(views)``.
    """
    words: list[int] = []
    axes: list[int] = []
    after = start + at + 8 * _TENSOR_WORDS * len(views)
    for view in views:
        if view is None:
            words += (0, 0, 0, 0)
            continue
        pointer, type_, shape, strides = view
        place = after + 8 * len(axes)
        axes += shape
        if strides is None:
            words += (pointer, place, 0, len(shape) | type_ << 32)
        else:
            words += (pointer, place, after + 8 * len(axes), len(shape) | type_ << 32)
            axes += strides
    struct.pack_into(f"{len(words) + len(axes)}q", memory, at, *words, *axes)


def tensor_bytes(views: Iterable[View | None]) -> int:
    """How many bytes ``packed_tensors`` writes."""
    words = 0
    for view in views:
        words += _TENSOR_WORDS
        if view is not None:
            words += len(view.shape) * (1 if view.strides is None else 2)
    return 8 * words


def evaluate(
    objective: Objective,
    views: Sequence[View | None],
    batch: Batch | None,
    *,
    targets: Targets | None = None,
    gradients: Sequence[int] | None = None,
    term_gradients: Sequence[int] | None = None,
    zeroed: bool = False,
    state: Mapping[str, Any] | None = None,
    average: Callable[[float], float] | None = None,
) -> Outcome:
    """Evaluates on views in the order of ``objective.predictions``, ``None`` for one that isn't there.

    ``batch`` is ``None`` where there are targets. ``gradients`` holds a pointer a prediction, 0 where nobody
    needs it: buffers without gaps, float64 for float64 and else float32, which are written over, unless
    ``zeroed`` says that they hold zeros already. ``term_gradients`` holds as many for each term, in the place
    of ``gradients``. ``average`` gets the count of a normalizer of batches and gives its mean over all
    processes.
    """
    state = checked_state(objective, {} if state is None else state)
    terms = len(objective.terms)
    images = batch.count if batch is not None else targets.image_count if targets is not None else 0
    tensors_at = _EVALUATION.size
    terms_at = tensors_at + tensor_bytes(views)
    divisors_at = terms_at + _TERM.size * terms
    next_state_at = divisors_at + 8 * terms * images
    state_at = next_state_at + 8 * terms
    loss_state_at = state_at + 8 * terms
    next_loss_state_at = loss_state_at + _NUMBERS.size * terms
    gradients_at = next_loss_state_at + _NUMBERS.size * terms
    places = gradients if gradients is not None else term_gradients if term_gradients is not None else ()
    memory = ctypes.create_string_buffer(gradients_at + 8 * len(places) + 8)
    start = ctypes.addressof(memory)
    packed_tensors(views, memory, start, tensors_at)
    if state:
        struct.pack_into(
            f"{terms}d", memory, state_at, *(state.get(path, math.nan) for path in objective.terms)
        )
    kept = _packed_loss_state(objective, state, memory, loss_state_at)
    if places:
        struct.pack_into(f"{len(places)}P", memory, gradients_at, *places)
    failure: list[BaseException] = []
    callback = _average_callback(average, failure) if average is not None else None
    wants_warnings = objective._warns
    _EVALUATION.pack_into(
        memory, 0,
        start + tensors_at,
        batch.address if batch is not None else 0,
        targets.handle.address if targets is not None else 0,
        start + state_at if state else 0,
        0 if callback is None else ctypes.cast(callback, ctypes.c_void_p).value,
        0,
        objective.threads or _threads,
        (_library.ZEROED if zeroed else 0) | _library.LOSS_STATE,
        start + gradients_at if gradients is not None else 0,
        start + gradients_at if term_gradients is not None else 0,
        start + terms_at,
        start + divisors_at,
        start + next_state_at,
        start + gradients_at + 8 * len(places) if wants_warnings else 0,
        start + loss_state_at,
        start + next_loss_state_at,
    )  # fmt: skip
    error = _library.evaluate(objective.handle.address, start)
    del kept
    if error is not None:
        try:
            _library.check(error)
        except NonFiniteError as problem:
            if objective.on_nonfinite != "skip":
                raise
            _clear(views, places)
            return _skipped(objective, images, state, str(problem))
        except ValueError:
            if failure:
                raise failure[0] from None
            raise
    if wants_warnings:
        objective._warns = False
        (address,) = struct.unpack_from("P", memory, gradients_at + 8 * len(places))
        if address:
            for text in json.loads(_library.taken_text(address)):
                warnings.warn(text, stacklevel=4)
    divisors = struct.unpack_from(f"{terms * images}d", memory, divisors_at)
    return Outcome(
        [TermOutcome._make(_TERM.unpack_from(memory, terms_at + _TERM.size * term)) for term in range(terms)],
        [divisors[images * term : images * (term + 1)] for term in range(terms)],
        _next_state(objective, memory, next_state_at, next_loss_state_at),
    )


def checked_state(objective: Objective, state: Mapping[str, Any]) -> State:
    """The state in Python's own numbers; somebody else may have made or changed it."""
    if not isinstance(state, Mapping):
        raise TypeError(f"state is {state!r}; expected a mapping, such as the state of an earlier result")
    checked: State = {}
    for key, value in state.items():
        if key in objective.terms:
            checked[key] = _number(value, key)
        elif isinstance(key, str) and key.removesuffix(".loss") in objective.terms:
            if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
                raise TypeError(f"state {key!r} is {value!r}; expected numbers")
            checked[key] = tuple(_number(number, key) for number in value)
        else:
            keys = ", ".join(f"{path!r}, {path + '.loss'!r}" for path in objective.terms)
            raise ValueError(f"state has {key!r}, which is none of {keys}")
    return checked


def _number(value: Any, key: str) -> float:
    try:
        if isinstance(value, (str, bytes)):
            raise TypeError
        number = float(value)
    except TypeError:
        raise TypeError(f"state {key!r} is {value!r}; expected a number") from None
    if math.isnan(number):
        raise ValueError(f"state {key!r} is {value!r}; expected a number")
    return number


def _packed_loss_state(objective: Objective, state: Mapping[str, Any], memory: Any, at: int) -> list[Any]:
    """Writes ``losskit_numbers`` structures; what they point to must outlive the call."""
    kept = []
    for index, path in enumerate(objective.terms):
        numbers = state.get(f"{path}.loss", ())
        elements = (ctypes.c_double * len(numbers))(*numbers)
        kept.append(elements)
        _NUMBERS.pack_into(memory, at + _NUMBERS.size * index, ctypes.addressof(elements), len(numbers))
    return kept


def _next_state(objective: Objective, memory: Any, means_at: int, losses_at: int) -> State:
    state: State = {}
    for index, path in enumerate(objective.terms):
        (mean,) = struct.unpack_from("d", memory, means_at + 8 * index)
        if not math.isnan(mean):
            state[path] = mean
        address, count = _NUMBERS.unpack_from(memory, losses_at + _NUMBERS.size * index)
        if address:
            state[f"{path}.loss"] = tuple((ctypes.c_double * count).from_address(address))
            _library.numbers_free(address)
    return state


def _average_callback(average: Callable[[float], float], failure: list[BaseException]) -> Any:
    def call(_: int, count: Any) -> int:
        try:
            count[0] = average(count[0])
            return 0
        except BaseException as problem:  # Raised again by the caller, as C lets none through.
            failure.append(problem)
            return 1

    return _library.AverageCount(call)


def _clear(views: Sequence[View | None], places: Sequence[int]) -> None:
    for index, place in enumerate(places):
        view = views[index % len(views)]
        if place and view is not None:
            ctypes.memset(place, 0, math.prod(view.shape) * _SIZE[view.type])


def _skipped(objective: Objective, images: int, state: Mapping[str, Any] | None, reason: str) -> Outcome:
    warnings.warn(f"a step was skipped: {reason}", RuntimeWarning, stacklevel=4)
    terms = [TermOutcome(0.0, term.weight, 0.0, 0.0, 0.0, 0, 0, 0) for term in objective.terms.values()]
    return Outcome(terms, [(0.0,) * images for _ in terms], dict(state or {}), reason)
