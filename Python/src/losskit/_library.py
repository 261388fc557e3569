"""The shared library: where it is, what its functions take, and its errors as exceptions."""

from __future__ import annotations

import ctypes
import json
import os
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_double, c_int, c_int64, c_size_t, c_uint32, c_void_p
from pathlib import Path
from typing import Any

from losskit._errors import Diagnostic, NonFiniteError, RecipeError

#: The version of losskit.h that this package is written for.
INTERFACE_VERSION = 1

FLOAT32, FLOAT64, FLOAT16, BFLOAT16, INT64, BOOL = 1, 2, 3, 4, 5, 6
RECIPE_TEXT, ALLOW_PLUGINS = 1, 2
ZEROED, LOSS_STATE, SAMPLED = 1, 2, 1

_INVALID_INPUT, _MISSING, _INVALID_RECIPE, _NOT_FINITE = 1, 2, 3, 4


class _Error(ctypes.Structure):
    _fields_ = [
        ("code", c_uint32),
        ("image", c_int64),
        ("message", c_char_p),
        ("diagnostics", c_char_p),
    ]


class Tensor(ctypes.Structure):
    """``losskit_tensor``."""

    _fields_ = [
        ("data", c_void_p),
        ("shape", POINTER(c_int64)),
        ("strides", POINTER(c_int64)),
        ("rank", c_uint32),
        ("type", c_uint32),
    ]


class NamedTensor(ctypes.Structure):
    """``losskit_named_tensor``."""

    _fields_ = [("name", c_char_p), ("tensor", Tensor)]


#: ``losskit_average_count``.
AverageCount = CFUNCTYPE(c_int, c_void_p, POINTER(c_double))


def path() -> Path:
    """Where the library is.

    Raises:
        ImportError: Where it isn't.
    """
    named = os.environ.get("LOSSKIT_LIBRARY")
    if named:
        return Path(named)
    folder = Path(__file__).parent / "native"
    for name in ("libLossKitC.so", "libLossKitC.dylib"):
        if (folder / name).exists():
            return folder / name
    raise ImportError(
        f"there is no library of LossKit in {folder}; install the package by pip, or name the "
        "library by LOSSKIT_LIBRARY"
    )


def _load() -> ctypes.CDLL:
    file = path()
    library = ctypes.CDLL(str(file))
    version = library.losskit_interface_version()
    if version != INTERFACE_VERSION:
        raise ImportError(f"{file} has interface {version}; this package needs {INTERFACE_VERSION}")
    return library


_library = _load()


def _function(name: str, *arguments: Any, result: Any = c_void_p) -> Callable[..., Any]:
    function = getattr(_library, name)
    function.argtypes = arguments
    function.restype = result
    return function  # type: ignore[no-any-return]


_error_free = _function("losskit_error_free", c_void_p, result=None)
numbers_free = _function("losskit_numbers_free", c_void_p, result=None)
_text_free = _function("losskit_text_free", c_void_p, result=None)
_about = _function("losskit_about")

registry_create = _function("losskit_registry_create", POINTER(c_void_p))
registry_add = _function("losskit_registry_add", c_void_p, c_void_p)
registry_load = _function("losskit_registry_load", c_void_p, c_char_p)
_registry_list = _function("losskit_registry_list", c_void_p)
registry_free = _function("losskit_registry_free", c_void_p, result=None)
objective_create = _function(
    "losskit_objective_create",
    c_void_p, c_char_p, c_uint32, POINTER(c_char_p), c_size_t, POINTER(c_void_p),
)  # fmt: skip
objective_with_priors = _function(
    "losskit_objective_with_priors",
    c_void_p, c_char_p, c_void_p, POINTER(c_void_p),
)  # fmt: skip
objective_recipe = _function("losskit_objective_recipe", c_void_p, result=c_char_p)
objective_description = _function("losskit_objective_description", c_void_p, result=c_char_p)
objective_free = _function("losskit_objective_free", c_void_p, result=None)
evaluate = _function("losskit_evaluate", c_void_p, c_void_p)
targets_create = _function(
    "losskit_targets_create",
    c_void_p, c_char_p, c_void_p, c_void_p, c_void_p, c_uint32, c_uint32, POINTER(c_void_p),
)  # fmt: skip
targets_tensors = _function(
    "losskit_targets_tensors",
    c_void_p, c_char_p, POINTER(POINTER(NamedTensor)), POINTER(c_size_t),
)  # fmt: skip
targets_free = _function("losskit_targets_free", c_void_p, result=None)
match = _function("losskit_match", c_void_p, c_char_p, c_void_p, c_uint32, c_void_p)
nms = _function(
    "losskit_nms",
    c_void_p, c_void_p, c_void_p, c_size_t, c_double, c_void_p, POINTER(c_size_t),
)  # fmt: skip
metrics = _function("losskit_metrics", c_void_p, c_size_t, c_size_t, c_uint32, c_void_p)


def check(error: int | None) -> None:
    """Raises the exception that an error of the library stands for, and frees it."""
    if error is None:
        return
    found = _Error.from_address(error)
    code, image, message = found.code, found.image, found.message.decode()
    diagnostics = json.loads(found.diagnostics) if found.diagnostics else []
    _error_free(error)
    if code == _INVALID_RECIPE:
        raise RecipeError(message, tuple(Diagnostic(**entry) for entry in diagnostics))
    if code == _NOT_FINITE:
        raise NonFiniteError(message, None if image < 0 else image)
    raise KeyError(message) if code == _MISSING else ValueError(message)


def taken_text(address: int | None) -> str:
    """The text at an address, which is freed."""
    if address is None:
        return ""
    text = ctypes.string_at(address).decode()
    _text_free(address)
    return text


def about() -> dict[str, Any]:
    """What the library is: version, instructions, threads and recipes."""
    return json.loads(taken_text(_about()))  # type: ignore[no-any-return]


def components(registry: int | None = None) -> list[dict[str, Any]]:
    """The components that recipes may name."""
    return json.loads(taken_text(_registry_list(registry)))  # type: ignore[no-any-return]


class Handle:
    """Something that the library made, freed with this object."""

    def __init__(self, address: int, free: Callable[[int], None]) -> None:
        self.address = address
        self._free = free

    def __del__(self) -> None:
        self._free(self.address)


def made(create: Callable[..., int | None], free: Callable[[int], None], *arguments: Any) -> Handle:
    """What a function makes that writes a handle to its last argument."""
    result = c_void_p()
    check(create(*arguments, ctypes.byref(result)))
    assert result.value is not None
    return Handle(result.value, free)
