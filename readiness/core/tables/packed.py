"""Compressed files of strangers: what comes out of one is counted while it comes out."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable
from typing import BinaryIO, cast

from readiness.core.errors import BadInput, Problem
from readiness.core.tables.models import SourceFile

MIB = 1024 * 1024
GZIP = b"\x1f\x8b"
FREE = 16 * MIB  # bytes that may come out of however small a file
MOST_TIMES = 200  # its packed size: exports stay under 50, a bomb goes to 1,000
MOST = 2048 * MIB  # bytes, of however large a file
PIECE = 256 * 1024
DAMAGED = "The compressed file is damaged. Export it again."
TOO_MUCH = (
    f"The file unpacks to far more than it should, or to more than {MOST // MIB:,} MB. Export a "
    "shorter period and send that."
)


class Counted(io.RawIOBase):
    """What comes out of a file, up to its limit."""

    def __init__(self, source: SourceFile, packed: io.BufferedReader) -> None:
        self.source, self.inner = source, gzip.GzipFile(fileobj=packed, mode="rb")
        self.left = min(MOST, FREE + MOST_TIMES * source.size)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            count = self.inner.readinto(buffer)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise BadInput([Problem(self.source.label, DAMAGED)]) from None
        self.left -= count
        if self.left < 0:
            raise BadInput([Problem(self.source.label, TOO_MUCH)])
        return count


def unpacked(source: SourceFile, raw: BinaryIO) -> io.BufferedReader:
    """The file as it was before it was compressed, if it is."""
    buffered = (
        raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, raw))
    )
    if buffered.peek(len(GZIP))[: len(GZIP)] != GZIP:
        return buffered
    return io.BufferedReader(Counted(source, buffered), PIECE)


def check(source: SourceFile, on_progress: Callable[[int], None]) -> None:
    """Unpack it once and keep nothing, before something that does not count unpacks it."""
    with source.open() as raw, unpacked(source, raw) as stream:
        while stream.read(PIECE):
            on_progress(0)
