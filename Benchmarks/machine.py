"""The machine and the versions that numbers were taken with; nothing that names its owner."""

import os
import platform
import subprocess
from datetime import date
from importlib.metadata import version
from pathlib import Path

from tool import PACKAGE

PACKAGES = {"PyTorch": "torch", "torchvision": "torchvision", "JAX": "jax", "NumPy": "numpy"}


def description(threads: int) -> list[str]:
    """A line of Markdown for each thing worth knowing."""
    load = os.getloadavg()[0]
    packages = ", ".join(f"{name} {version(package)}" for name, package in PACKAGES.items())
    return [
        f"- {processor()}, {os.cpu_count()} processors, of which {threads} used",
        f"- {system()}, {swift()}, Python {platform.python_version()}, {packages}",
        f"- LossKit at {commit()}, {date.today():%Y-%m-%d}; load average at the start {load:.1f}"
        + (" (**not idle**: other programs ran beside this)" if load > 0.5 else ""),
    ]


def processor() -> str:
    """The model of the processor."""
    if platform.system() == "Darwin":
        return output("sysctl", "-n", "machdep.cpu.brand_string")
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def system() -> str:
    """The operating system."""
    if platform.system() == "Darwin":
        return f"macOS {platform.mac_ver()[0]}"
    return platform.freedesktop_os_release()["PRETTY_NAME"]


def swift() -> str:
    """The first words of Swift's version."""
    return " ".join(output("swift", "--version").split("(")[0].split()).replace(" version", "")


def commit() -> str:
    """The commit of the package, marked where files have changed since."""
    changed = output("git", "-C", str(PACKAGE), "status", "--porcelain", "--", "Sources", "Plugins")
    name = output("git", "-C", str(PACKAGE), "rev-parse", "--short", "HEAD")
    return name + (" with changes" if changed else "")


def output(*words: str) -> str:
    """What a program prints."""
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()
