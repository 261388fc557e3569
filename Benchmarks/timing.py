"""How long a function takes and how much memory, by the rules of `losskit bench`."""

import ctypes
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

ENOUGH = 0.5


def seconds(run: Callable[[], Any]) -> float:
    """The median of as many runs as fit into half a second, 1 to 100, after one to warm up.

    A first run that takes longer counts itself.
    """
    first = timed(run)
    if first > ENOUGH:
        return first
    return median(timed(run) for _ in range(max(1, min(100, int(ENOUGH / first)))))


def timed(run: Callable[[], Any]) -> float:
    """The time of one run."""
    start = perf_counter()
    run()
    return perf_counter() - start


def peak_memory(run: Callable[[], Any]) -> int | None:
    """By how many bytes a run raises the memory in use at most; only Linux tells."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5")
        before = status("VmRSS")
        run()
        return max(0, status("VmHWM") - before)
    except (AttributeError, OSError):
        return None


def status(key: str) -> int:
    """A quantity in /proc/self/status, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{key}:"))
