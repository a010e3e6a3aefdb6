"""Compressed files: what comes out is counted while it comes out."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest

from readiness.core.errors import BadInput
from readiness.core.tables import packed
from readiness.core.tables.models import file_in_memory

MIB = packed.MIB


def source_of(content):
    return file_in_memory("the file", "x.json.gz", content)


def bomb(mebibytes):
    return gzip.compress(b" " * MIB) * mebibytes  # one stream after the other, as `cat` joins them


def read(source):
    with source.open() as raw, packed.unpacked(source, raw) as stream:
        while piece := stream.read(packed.PIECE):
            yield len(piece)


def test_what_is_not_compressed_is_read_as_it_is():
    assert list(read(source_of(b"{}"))) == [2]


def test_a_bomb_is_stopped_within_its_limit():
    source = source_of(bomb(200))
    came = 0
    with pytest.raises(BadInput, match="unpacks to far more than it should"):  # noqa: PT012
        for size in read(source):
            came += size
    assert came <= packed.FREE + packed.MOST_TIMES * source.size < 200 * MIB


def test_a_bomb_without_lines_takes_no_more_memory_than_its_limit():
    """A line is as long as the file: reading it whole before counting would take all of it."""
    source = source_of(bomb(200))
    limit = packed.FREE + packed.MOST_TIMES * source.size
    tracemalloc.start()
    with (
        source.open() as raw,
        packed.unpacked(source, raw) as stream,
        pytest.raises(BadInput, match="unpacks to far more"),
    ):
        stream.readline()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3 * limit


def test_however_large_a_file_no_more_than_a_fixed_size_comes_out(monkeypatch):
    monkeypatch.setattr(packed, "MOST", 8 * MIB)
    with pytest.raises(BadInput, match="or to more than 2,048 MB"):
        list(read(source_of(bomb(9))))
    assert sum(read(source_of(bomb(8)))) == 8 * MIB


@pytest.mark.parametrize("cut", [-1, -9, 12])
def test_a_damaged_file_is_told_in_words(cut):
    with pytest.raises(BadInput, match=r"damaged\. Export it again"):
        list(read(source_of(gzip.compress(b"{}" * 100)[:cut])))
