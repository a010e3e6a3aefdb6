from __future__ import annotations

import os
from datetime import timedelta

import pytest

from readiness.core.errors import NotSaved
from readiness.core.pdf.folder import KEPT_FOR, PrintFolder
from tests.factories.world import NOW

SECOND = timedelta(seconds=1)


@pytest.fixture
def folder(tmp_path):
    return PrintFolder(tmp_path / "prints", most_bytes=100)


def names(folder):
    return sorted(path.name for path in folder.path.iterdir())


def test_a_document_is_found_for_a_quarter_of_an_hour_and_then_removed(folder):
    folder.keep("one", b"document", NOW)
    assert folder.find("one", NOW + KEPT_FOR) == b"document"
    assert folder.find("one", NOW + KEPT_FOR + SECOND) is None
    folder.tidy(NOW + KEPT_FOR + SECOND)
    assert names(folder) == []


def test_a_clock_that_was_set_back_makes_nothing_last_longer(folder):
    folder.keep("one", b"document", NOW)
    assert folder.find("one", NOW - KEPT_FOR - SECOND) is None


def test_only_the_account_that_serves_may_read_it(folder):
    before = os.umask(0)
    try:
        folder.keep("one", b"document", NOW)
    finally:
        os.umask(before)
    assert folder.path.stat().st_mode & 0o777 == 0o700
    assert (folder.path / "one.pdf").stat().st_mode & 0o777 == 0o600


def test_older_documents_make_room_for_newer_ones(folder):
    for n in range(4):
        folder.keep(f"no {n}", b"x" * 40, NOW + n * SECOND)
    assert names(folder) == ["no 2.pdf", "no 3.pdf"]


def test_what_a_server_left_half_written_is_put_away(folder):
    folder.keep("one", b"document", NOW)
    (folder.path / "half.part").write_bytes(b"docu")
    os.utime(folder.path / "half.part", (0, 0))
    folder.keep("two", b"document", NOW)
    assert names(folder) == ["one.pdf", "two.pdf"]


def test_a_folder_that_cannot_be_written_is_a_sentence_and_finds_nothing(folder):
    folder.path.write_text("in the way")
    with pytest.raises(NotSaved, match="for room"):
        folder.keep("one", b"document", NOW)
    assert folder.find("one", NOW) is None
    folder.tidy(NOW)


def test_all_of_it_can_be_removed_at_once(folder):
    folder.clear()
    folder.keep("one", b"document", NOW)
    folder.clear()
    assert names(folder) == []
