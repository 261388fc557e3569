"""Builds the library and the command that the package brings along."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class SwiftBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs ``swift build`` in the repository that this folder is a part of."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Puts the library and the command where the wheel takes them from."""
        repository = Path(self.root).parent
        if not (repository / "Package.swift").exists():
            raise RuntimeError(
                "LossKit's Swift sources aren't beside this folder; install from a clone of the "
                "repository, or a wheel"
            )
        swift = shutil.which("swift")
        if swift is None:
            raise RuntimeError(
                "there is no Swift toolchain, which a build needs (https://swift.org/install); "
                "a wheel doesn't"
            )
        # A folder of its own, as other flags would have everything built again.
        scratch = os.environ.get("LOSSKIT_SCRATCH", str(repository / ".build" / "python"))
        build = [swift, "build", "-c", "release", "--scratch-path", scratch, "-Xswiftc", "-static-stdlib"]
        for product in ("LossKitC", "losskit"):
            subprocess.run([*build, "--product", product, "-Xlinker", "-s"], cwd=repository, check=True)
        suffix = "dylib" if sys.platform == "darwin" else "so"
        library = Path(scratch) / "release" / f"libLossKitC.{suffix}"
        command = Path(scratch) / "release" / "losskit"
        native = Path(self.root) / "src" / "losskit" / "native"
        native.mkdir(exist_ok=True)
        shutil.copy(library, native)
        build_data["shared_scripts"][str(command)] = "losskit"
        build_data["tag"] = f"py3-none-{_platform([library, command])}"
        build_data["pure_python"] = False


def _platform(binaries: list[Path]) -> str:
    """The tag of the systems on which the binaries run."""
    if sys.platform != "linux":
        return re.sub(r"[-.]", "_", sysconfig.get_platform())
    versions = [
        tuple(int(part) for part in match.groups())
        for binary in binaries
        for match in re.finditer(rb"\bGLIBC_(\d+)\.(\d+)\b", binary.read_bytes())
    ]
    major, minor = max(versions)
    return f"manylinux_{major}_{minor}_{platform.machine()}"
