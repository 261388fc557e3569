"""Losses written in Python, as losskit_plugin.h describes losses to the library."""

from __future__ import annotations

import ctypes
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from losskit import _plugin as abi

if TYPE_CHECKING:
    from losskit._loss import Loss, Parameter

#: What a parameter may be set to.
Setting = float | int | bool | str | Sequence[float] | None


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
        default_value=ctypes.pointer(abi.Value(type=abi.CHOICE, text=value.text) if texts else value),
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
            settings = {name: decoded(values[index]) for index, name in enumerate(loss.parameters)}
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
