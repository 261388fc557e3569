"""Losses of one's own, written in Python with the functions of PyTorch."""

from __future__ import annotations

import ctypes
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from losskit import _plugin as abi

Setting = float | int | bool | str | Sequence[float] | None


@dataclass(frozen=True)
class Parameter:
    """A parameter of a loss, as recipes set it.

    Attributes:
        default: What it is where a recipe doesn't say; its type is the parameter's.
        minimum: The least that a number may be.
        above: What a number must be above, in place of `minimum`.
        maximum: The most that a number may be.
        choices: The texts to choose from.
        help: What it does.
    """

    default: Setting
    minimum: float | None = None
    above: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    help: str = ""


class Loss:
    """A loss that recipes may name; made by :func:`loss`.

    Calling it calls the function.

    Attributes:
        name: What recipes call it: ``"python/"`` and the name that was given, unless that has a part before
            a slash.
        function: The function.
        parameters: Its parameters by name.
        table: Where the library finds its description; it stays there until the process ends.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        name: str,
        parameters: Mapping[str, Parameter],
        targets: Literal["numbers", "classes"],
        per: Literal["row", "element"],
        formula: str,
        source: str,
    ) -> None:
        self.function = function
        self.name = name if "/" in name else f"python/{name}"
        self.parameters = dict(parameters)
        self.targets = targets
        self.per = per
        self.__doc__ = inspect.getdoc(function) or ""
        self.__module__ = function.__module__
        self.__qualname__ = function.__qualname__
        self._table = table(self, formula, source)
        self.table = ctypes.addressof(self._table)
        KEPT.append(self)

    def __call__(self, prediction: Any, target: Any, **parameters: Any) -> Any:
        """What the function gives for these rows."""
        defaults = {name: parameter.default for name, parameter in self.parameters.items()}
        return self.function(prediction, target, **defaults | parameters)

    def __repr__(self) -> str:
        return f"<losskit loss {self.name}>"

    def __reduce__(self) -> str:
        return self.__qualname__


# The library may read a table for as long as the process lives.
KEPT: list[Loss] = []


def loss(
    name: str,
    parameters: Mapping[str, Setting | Parameter] | None = None,
    *,
    targets: Literal["numbers", "classes"] = "numbers",
    per: Literal["row", "element"] | None = None,
    formula: str = "",
    source: str = "",
) -> Callable[[Callable[..., Any]], Loss]:
    """Makes a function of tensors a loss that recipes may name.

    The function gets the predictions of some rows, ``[rows, columns]``, what they are compared with, and the
    parameters by name. Its gradient is autograd's. Rows have nothing in common: which of them come together
    is not said.

    Args:
        name: What recipes call it, after ``"python/"``; or with a name of one's own before a slash.
        parameters: Their defaults by name, or a :class:`Parameter` with bounds.
        targets: ``"numbers"``, ``[rows, columns]``, or ``"classes"``, ``[rows]``, for each row its column.
        per: Whether it gives a value a ``"row"``, ``[rows]``, or an ``"element"``, ``[rows, columns]``;
            where left out, an element of numbers, a row of classes.
        formula: The formula, for `losskit show` and the list.
        source: The paper or the implementation that it follows.

    Example:
        >>> @losskit.loss("charbonnier", {"eps": Parameter(1e-3, above=0)})
        ... def charbonnier(prediction, target, *, eps):
        ...     return torch.sqrt((prediction - target) ** 2 + eps**2) - eps
        >>> losskit.Objective(
        ...     "fcos_torchvision", {"stages.fcos.terms.fcos_box.loss": "python/charbonnier"},
        ...     losses=[charbonnier])
    """
    if targets == "classes" and per == "element":
        raise ValueError("a loss on classes gives a value a row")
    declared = {
        key: value if isinstance(value, Parameter) else Parameter(value)
        for key, value in (parameters or {}).items()
    }
    chosen = per or ("row" if targets == "classes" else "element")
    return lambda function: Loss(function, name, declared, targets, chosen, formula, source)


def gradcheck(loss: Loss, *, rows: int = 8, columns: int = 4, seed: int = 0, **parameters: Any) -> None:
    """Holds the gradient of a loss against differences of its values, in double precision.

    Args:
        loss: The loss.
        rows: How many rows are drawn.
        columns: How many columns they have.
        seed: Draws other rows.
        parameters: Those that differ from their defaults.

    Raises:
        AssertionError: Where they differ; names the loss.
    """
    import torch
    from torch.autograd.gradcheck import GradcheckError

    generator = torch.Generator().manual_seed(seed)
    shape = (rows, columns)
    drawn = torch.randn(shape, generator=generator, dtype=torch.float64).requires_grad_()
    target = torch.randn(shape, generator=generator, dtype=torch.float64)
    if loss.targets == "classes":
        target = torch.randint(columns, (rows,), generator=generator)
    try:
        torch.autograd.gradcheck(lambda x: loss(x, target, **parameters), drawn)
    except GradcheckError as problem:
        raise AssertionError(f"{loss.name}: {problem}") from None


def table(loss: Loss, formula: str, source: str) -> abi.Table:
    """The description of a loss for the library."""
    group, own = loss.name.split("/", 1)
    parameters = [parameter(name, value) for name, value in loss.parameters.items()]
    text = (loss.__doc__ or own).split("\n")[0]
    described = abi.Loss(
        name=own.encode(),
        summary=text.encode(),
        formula=(formula or inspect.cleandoc(source_of(loss.function))).encode(),
        source=(source or f"{loss.__module__}.{loss.__qualname__}").encode(),
        parameters=(abi.Parameter * len(parameters))(*parameters),
        parameter_count=len(parameters),
        targets=abi.CLASSES if loss.targets == "classes" else abi.DENSE,
        values=abi.PER_ROW if loss.per == "row" else abi.PER_ELEMENT,
        evaluate=abi.Evaluate(evaluator(loss)),
    )
    if loss.targets == "classes":
        described.columns = abi.Columns(lambda _, classes: int(classes) + 1)
    return abi.Table(abi.ABI_VERSION, group.encode(), ctypes.pointer(described), 1)


def source_of(function: Callable[..., Any]) -> str:
    """The source of a function, or its name where there is none."""
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return function.__qualname__


def parameter(name: str, declared: Parameter) -> abi.Parameter:
    """One parameter for the library.

    Raises:
        TypeError: If there can't be parameters of the default's type.
    """
    value = encoded(name, declared.default)
    kind = abi.NUMBER if value.type == abi.NULL else value.type
    bounds = 0
    lowest = declared.minimum if declared.above is None else declared.above
    if lowest is not None:
        bounds |= abi.AT_LEAST if declared.above is None else abi.ABOVE
    if declared.maximum is not None:
        bounds |= abi.AT_MOST
    texts = [choice.encode() for choice in declared.choices]
    return abi.Parameter(
        name=name.encode(),
        meaning=(declared.help or name).encode(),
        type=abi.CHOICE if texts else kind,
        bounds=bounds,
        minimum=lowest or 0,
        maximum=declared.maximum or 0,
        choices=(ctypes.c_char_p * len(texts))(*texts) if texts else None,
        choice_count=len(texts),
        default_value=ctypes.pointer(
            abi.Value(type=abi.CHOICE, text=value.text) if texts else value
        ),
    )


def encoded(name: str, value: Setting) -> abi.Value:
    """A value for the library."""
    match value:
        case None:
            return abi.Value(type=abi.NULL)
        case bool():
            return abi.Value(type=abi.BOOLEAN, integer=value)
        case int():
            return abi.Value(type=abi.INTEGER, integer=value)
        case float():
            return abi.Value(type=abi.NUMBER, number=value)
        case str():
            return abi.Value(type=abi.TEXT, text=value.encode())
        case Sequence() if value:
            numbers = (ctypes.c_double * len(value))(*map(float, value))
            return abi.Value(type=abi.NUMBERS, numbers=numbers, count=len(value))
    raise TypeError(
        f"parameter {name}: the default is of type {type(value).__name__}; "
        "expected a number, a truth value, a text or numbers"
    )


def decoded(value: abi.Value) -> Setting:
    """What a recipe has set."""
    match value.type:
        case abi.NUMBER:
            return float(value.number)
        case abi.INTEGER:
            return int(value.integer)
        case abi.BOOLEAN:
            return bool(value.integer)
        case abi.CHOICE | abi.TEXT:
            return bytes(value.text).decode()
        case abi.NUMBERS:
            return [value.numbers[index] for index in range(value.count)]
    return None


def evaluator(loss: Loss) -> Callable[[Any, Any, Any, int], int]:
    """What the library calls for a block of rows."""

    def evaluate(instance: Any, block: Any, error: Any, size: int) -> int:
        try:
            values = instance.contents.parameters
            settings = {
                name: decoded(values[index]) for index, name in enumerate(loss.parameters)
            }
            if block.contents.row_count:
                write_block(loss, block.contents, settings)
            return 0
        except BaseException as problem:
            text = f"{type(problem).__name__}: {problem}".encode()[: size - 1]
            ctypes.memmove(error, text + b"\0", len(text) + 1)
            return 1

    return evaluate


def write_block(loss: Loss, block: Any, settings: Mapping[str, Setting]) -> None:
    """The values of a block of rows, and their derivatives."""
    import torch

    rows, columns = int(block.row_count), int(block.width)
    prediction = torch.from_numpy(array(block.predictions, np.float32, rows, columns))
    if loss.targets == "classes":
        target = torch.from_numpy(array(block.classes, np.int32, rows)).long()
    else:
        target = torch.from_numpy(array(block.targets, np.float32, rows, columns))
    expected = (rows,) if loss.per == "row" else (rows, columns)
    with torch.enable_grad():
        prediction.requires_grad_(bool(block.gradient))
        values = loss.function(prediction, target, **settings)
        if tuple(values.shape) != expected:
            raise ValueError(
                f"gives values of shape {tuple(values.shape)}; expected {expected}, one "
                f"{'a row' if loss.per == 'row' else 'an element'}"
            )
        array(block.values, np.float32, *expected)[...] = values.detach().numpy()
        if block.gradient:
            (gradient,) = torch.autograd.grad(values.sum(), prediction)
            array(block.gradient, np.float32, rows, columns)[...] = gradient.numpy()


def array(address: int, dtype: type[np.generic], *shape: int) -> NDArray[Any]:
    """The elements that lie at an address."""
    # Types of ctypes would be kept for each length.
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    return np.frombuffer(memory(address, size, WRITABLE), dtype).reshape(shape)


WRITABLE = 0x200
memory = ctypes.pythonapi.PyMemoryView_FromMemory
memory.argtypes = [ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_int]
memory.restype = ctypes.py_object
