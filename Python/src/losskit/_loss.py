"""Losses of one's own, written in Python with the functions of PyTorch."""

from __future__ import annotations

import ctypes
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from losskit._loss_table import Setting, table


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
