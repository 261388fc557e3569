"""mmdetection without its compiled operators, which no objective needs on a CPU."""

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from torch import nn

OPERATORS = "mmcv.ops"


class _Operators(Loader, MetaPathFinder):
    """Answers imports of operators: a layer for a name with a capital, else a function that fails."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A module of operators, or nothing."""
        if name == OPERATORS or name.startswith(f"{OPERATORS}."):
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """A module that has whatever it is asked for."""
        module = ModuleType(spec.name)
        module.__getattr__ = stand_in
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is left to do."""


def stand_in(name: str) -> object:
    """What stands for an operator that isn't compiled."""
    if name.startswith("__"):
        raise AttributeError(name)
    if name[0].isupper():
        return type(name, (nn.Module,), {})

    def fail(*_: object, **__: object) -> None:
        raise NotImplementedError(f"{name} isn't compiled")

    return fail


sys.meta_path.insert(0, _Operators())
