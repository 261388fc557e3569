"""Exceptions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Diagnostic:
    """One thing that is wrong with a recipe.

    Attributes:
        file: The file, or what stands in its place.
        line: The line, from 1.
        column: The column, from 1.
        path: The path of the value, such as ``stages.rpn.sampler.count``.
        message: What is wrong, what was expected and what to do.
        suggestion: The name that was probably meant, if there is one.
    """

    file: str
    line: int
    column: int
    path: str
    message: str
    suggestion: str | None = None


class RecipeError(ValueError):
    """A recipe, or a component of one, that can't be used.

    Attributes:
        diagnostics: Everything that is wrong with it.
    """

    def __init__(self, message: str, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        super().__init__(message, diagnostics)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        return str(self.args[0])


class NonFiniteError(ValueError):
    """A prediction, or what became of one, that is NaN or infinite.

    Attributes:
        image: The index of the image, if it is known.
    """

    def __init__(self, message: str, image: int | None = None) -> None:
        super().__init__(message, image)
        self.image = image

    def __str__(self) -> str:
        return str(self.args[0])
