"""Calls the `losskit` command."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file
from work import Inputs, Work

PACKAGE = Path(__file__).resolve().parent.parent
RECIPES = PACKAGE / "Configs/recipes"


class LossKit:
    """The command, and a folder for what it reads."""

    def __init__(self, command: Path, folder: Path, scale: float) -> None:
        self.command = command
        self.folder = folder
        self.scale = scale

    def works(self, names: list[str]) -> list[Work]:
        """The works that begin with one of the names; all without names."""
        listed = self.call("bench", "--list", *names)
        return [
            Work(row["work"], row["operation"], tuple(row["shape"]), row["parameters"])
            for row in listed
        ]

    def write(self, work: Work, inputs: Inputs) -> None:
        """Writes the inputs of a work to where `measure` finds them."""
        path = self.folder / f"{work.name}.safetensors"
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file({name: np.ascontiguousarray(array) for name, array in inputs.items()}, path)

    def measure(self, work: Work, threads: int) -> dict[str, Any]:
        """What `losskit bench` says of one work, and of the streaming add beside it."""
        answer = self.call("bench", work.name, f"--inputs={self.folder}", f"--threads={threads}")
        measured = next(row for row in answer["works"] if row["work"] == work.name)
        assert measured["inputs"] == "file", work.name
        return measured | {"streaming_add": answer["streaming_add"]["gb_per_second"]}

    def evaluate(
        self, recipe: str, bundle: Inputs, sampled: list[str]
    ) -> tuple[dict[str, float], Mapping[str, np.ndarray]]:
        """The losses and gradients of a recipe on a bundle, with the draws recorded in it for some stages."""
        path, gradients = (self.folder / f"{n}.safetensors" for n in ("recorded", "gradients"))
        save_file({name: np.ascontiguousarray(array) for name, array in bundle.items()}, path)
        settings = [f"--set=stages.{stage}.sampler=recorded" for stage in sampled]
        answer = self.call("evaluate", RECIPES / f"{recipe}.json", path, *settings, f"--gradients={gradients}")
        values = {}
        for term in answer["terms"]:
            # A term of a repeated stage needs the stage's name.
            values[term["term"]] = values[f"{term['stage']}.{term['term']}"] = term["value"]
        return values, load_file(gradients)

    def call(self, command: str, *arguments: object) -> Any:
        """The JSON that a call prints."""
        scale = [f"--scale={self.scale}"] if command == "bench" else []
        words = [self.command, command, *arguments, *scale, "--json"]
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        return json.loads(done.stdout)


def build() -> Path:
    """Builds the release product, and answers its path."""
    words = ["swift", "build", "--configuration", "release", "--package-path", str(PACKAGE)]
    subprocess.run([*words, "--product", "losskit"], check=True)
    folder = subprocess.run([*words, "--show-bin-path"], check=True, capture_output=True, text=True)
    return Path(folder.stdout.strip()) / "losskit"
