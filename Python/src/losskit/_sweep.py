"""Sweeps: trainings with many recipes and seeds, compared."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any


def command() -> str:
    """The path of the ``losskit`` command that came with this package.

    Raises:
        FileNotFoundError: Where there is none.
    """
    folders = [sysconfig.get_path("scripts"), str(Path(sys.executable).parent), None]
    for folder in folders:
        found = shutil.which("losskit", path=folder)
        if found is not None:
            return found
    raise FileNotFoundError("there is no command losskit; install the package by pip")


class SweepError(RuntimeError):
    """A sweep that couldn't be run, or trials of it that failed."""


class Sweep:
    """A sweep file, whose trials are run by the ``losskit`` command, each in a process of its own.

    Args:
        file: The sweep file.
        folder: The folder of the results; ``runs/`` and the file's name, beside the
            file, where left out.

    Attributes:
        file: The sweep file.
        folder: The folder of the results.
        report: The page that compares the recipes, once it was written.
    """

    def __init__(self, file: str | os.PathLike[str], *, folder: str | os.PathLike[str] | None = None) -> None:
        self.file = Path(file)
        self.folder = self.file.parent / "runs" / self.file.stem if folder is None else Path(folder)
        self.report = self.folder / "report.html"

    def run(
        self, *, concurrency: int | None = None, retry: bool = False, allow_plugins: bool = False
    ) -> Sweep:
        """Runs all trials that have no result yet, and writes the report.

        Args:
            concurrency: Trials to run at once, instead of what the file says.
            retry: Whether to run again what failed.
            allow_plugins: Whether shared libraries that recipes name are loaded.

        Raises:
            SweepError: Where the sweep can't be run, or a trial failed; what has results keeps them.
        """
        options = []
        if concurrency is not None:
            options += ["--concurrency", str(concurrency)]
        if retry:
            options.append("--retry")
        if allow_plugins:
            options.append("--allow-plugins")
        done = subprocess.run(
            [command(), "sweep", "run", str(self.file), "--out", str(self.folder), *options],
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise SweepError(done.stderr.strip() or done.stdout.strip())
        return self

    def results(self) -> list[dict[str, Any]]:
        """A dictionary a trial, with what was varied, its state and its metrics.

        Raises:
            FileNotFoundError: Where there is no report yet.
        """
        with open(self.folder / "results.csv", newline="", encoding="utf-8") as file:
            return [{key: _value(text) for key, text in row.items()} for row in csv.DictReader(file)]

    def frame(self) -> Any:
        """The results as a pandas frame.

        Raises:
            ImportError: Where pandas isn't installed.
        """
        import pandas

        return pandas.DataFrame(self.results())

    def plot(self, metric: str, *, by: str = "variant") -> Any:
        """A box plot of a metric for each variant, by pandas and matplotlib."""
        return self.frame().boxplot(column=metric, by=by)


def _value(text: str) -> Any:
    """A number where the text is one, ``None`` where it is empty."""
    if text == "":
        return None
    for convert in (int, float):
        try:
            return convert(text)
        except ValueError:
            pass
    return text
