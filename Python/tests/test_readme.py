"""The example of the package's README."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest


def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    text = (Path(__file__).parents[1] / "README.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    assert capsys.readouterr().out.count("\n") == 3
    assert names["losses"].total == pytest.approx(sum(names["losses"].values()))
