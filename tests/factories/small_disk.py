"""A real small file system, to be filled up or made read-only while the program works on it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

NO_MOUNT = (
    "No file system can be mounted here; to run this: unshare -Urm script/test tests/faults, or as "
    "root outside a container"
)
SIZES = (1024 * 1024, 4096, 1)  # bytes that are tried to put on the disk, until none finds room


@dataclass(frozen=True)
class SmallDisk:
    folder: Path

    @property
    def ballast(self) -> Path:
        return self.folder / "ballast"

    def fill(self, but: int = 0) -> None:
        """Not a byte finds room any more, or only so many."""
        handle = os.open(self.ballast, os.O_CREAT | os.O_WRONLY)
        for size in SIZES:
            with suppress(OSError):
                while True:
                    os.write(handle, b"x" * size)
        os.truncate(handle, max(0, os.fstat(handle).st_size - but))
        os.close(handle)

    def make_room(self) -> None:
        self.ballast.unlink()

    def forbid_writing(self) -> None:
        self.remount("ro")

    def allow_writing(self) -> None:
        self.remount("rw")

    def remount(self, how: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{how}", self.folder], check=True)


@contextmanager
def mounted(folder: Path, size: str = "24m") -> Iterator[SmallDisk]:
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(folder)]
    made = subprocess.run(command, capture_output=True, check=False)
    if made.returncode:
        lacking()
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def lacking() -> None:
    """Skip, or fail where the machine has promised that it can be done."""
    __tracebackhide__ = True
    if os.environ.get("READINESS_REQUIRE_MOUNT") == "1":
        pytest.fail(NO_MOUNT, pytrace=False)
    pytest.skip(NO_MOUNT)
