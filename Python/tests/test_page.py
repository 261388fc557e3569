"""The code of the page "From PyTorch" runs, from top to bottom."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

PAGE = Path(__file__).parents[2] / "Sources/LossKit/LossKit.docc/FromPyTorch.md"


def test_the_page_runs() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 6
    page = ModuleType("page")
    for block in blocks:
        # Of the same line as on the page, for messages.
        line = PAGE.read_text()[: PAGE.read_text().index(block)].count("\n")
        exec(compile("\n" * line + block, str(PAGE), "exec"), vars(page))
    said = vars(page)
    assert list(said["losses"]) and said["losses"]["rcnn.rcnn_cls"].isfinite()
    assert said["attached"].gradient_norms
