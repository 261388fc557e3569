"""Sweeps, run by the packed command."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import losskit
from losskit import _sweep


def has_command() -> bool:
    try:
        _sweep.command()
    except FileNotFoundError:
        return False
    return True


pytestmark = pytest.mark.skipif(not has_command(), reason="the losskit command isn't installed")

TRAINER = """
import json, sys
recipe, seed, out = sys.argv[1:]
weight = json.load(open(recipe))["stages"]["retinanet"]["terms"]["retinanet_box"]["weight"]
if weight < 0:
    sys.exit("the weight is negative")
with open(out + "/metrics.jsonl", "w") as log:
    print(json.dumps({"step": 1, "AP": weight / 10 + int(seed) / 100}), file=log)
"""


def write(folder: Path, weights: list[float]) -> Path:
    (folder / "train.py").write_text(TRAINER)
    file = folder / "weights.json"
    file.write_text(
        json.dumps(
            {
                "recipe": "retinanet_torchvision",
                "method": "grid",
                "parameters": {"stages.retinanet.terms.retinanet_box.weight": {"values": weights}},
                "command": [sys.executable, str(folder / "train.py"), "{recipe}", "{seed}", "{out}"],
                "seeds": [1, 2],
                "metric": {"name": "AP", "goal": "maximize"},
            }
        )
    )
    return file


def test_a_sweep_is_run_and_read(tmp_path: Path) -> None:
    sweep = losskit.Sweep(write(tmp_path, [1, 2]), folder=tmp_path / "out")
    assert sweep.run(concurrency=2) is sweep
    results = sweep.results()
    assert [(row["seed"], row["AP"], row["status"]) for row in results] == [
        (1, pytest.approx(0.11), "finished"),
        (1, pytest.approx(0.21), "finished"),
        (2, pytest.approx(0.12), "finished"),
        (2, pytest.approx(0.22), "finished"),
    ]
    assert results[1]["stages.retinanet.terms.retinanet_box.weight"] == 2
    assert sweep.report.read_text().startswith("<!DOCTYPE html>")
    frame = pytest.importorskip("pandas").DataFrame
    assert isinstance(sweep.frame(), frame)
    assert sweep.frame().groupby("variant")["AP"].mean().max() == pytest.approx(0.215)


def test_failures_are_told_and_what_worked_is_kept(tmp_path: Path) -> None:
    sweep = losskit.Sweep(write(tmp_path, [1, -1]), folder=tmp_path / "out")
    with pytest.raises(losskit.SweepError, match="2 of 4 trials failed"):
        sweep.run()
    assert [row["status"] for row in sweep.results()].count("finished") == 2
    with pytest.raises(losskit.SweepError, match=r"nothing\.json"):
        losskit.Sweep(tmp_path / "nothing.json").run()
