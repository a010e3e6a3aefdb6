"""Many documents in one ZIP, and many printed at once."""

from __future__ import annotations

import errno
import os
import stat
import zipfile
from datetime import date
from io import BytesIO

import pikepdf
import pytest

from readiness.core.errors import NotPrinted, NotSaved
from readiness.core.pdf.archive import DocumentArchive, member
from readiness.core.pdf.printer import MANY, Limits, Printer
from tests.factories import documents

DAY = date(2026, 11, 22)
SHELL = '<!doctype html><html lang="en"><head><title>A plan</title></head><body>{}</body></html>'
TOO_DEEP = SHELL.format("<div>" * 400 + "text" + "</div>" * 400)


def a_pack(path, made_on=DAY):
    with DocumentArchive(path, made_on) as pack:
        pack.add("plans/001.pdf", b"one" * 1000)
        pack.add("index.csv", b"a,b\r\n")
        pack.finish()
    return path


def test_the_same_documents_on_the_same_day_are_the_same_bytes(tmp_path):
    first, second = a_pack(tmp_path / "a"), a_pack(tmp_path / "b")
    assert first.read_bytes() == second.read_bytes()
    assert a_pack(tmp_path / "c", date(2026, 11, 23)).read_bytes() != first.read_bytes()


def test_it_holds_what_was_added_in_its_order_and_nobody_else_may_read_it(tmp_path):
    path = a_pack(tmp_path / "packs" / "a.part")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["plans/001.pdf", "index.csv"]
    assert member(path, "index.csv") == b"a,b\r\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_is_there_is_never_written_over(tmp_path):
    a_pack(tmp_path / "a")
    with pytest.raises(NotSaved):
        DocumentArchive(tmp_path / "a", DAY)


def test_a_full_disk_is_a_sentence(tmp_path, monkeypatch):
    def full(*_args):
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(NotSaved, match="Ask your administrator for room"):  # noqa: PT012, SIM117
        with DocumentArchive(tmp_path / "a", DAY) as pack:
            pack.add("1.pdf", b"x")
            monkeypatch.setattr(os, "fsync", full)
            pack.finish()


def test_a_device_without_room_refuses_while_it_is_written():
    pack = DocumentArchive.__new__(DocumentArchive)  # opened by hand: the device exists already
    pack.made_on = DAY
    pack._file = open("/dev/full", "wb")  # noqa: SIM115
    pack._zip = zipfile.ZipFile(pack._file, "w")
    with pytest.raises(NotSaved), pack:
        pack.add("1.pdf", b"x" * 100_000)


@pytest.mark.slow
def test_many_are_printed_in_their_order_and_one_that_breaks_stops_no_other():
    htmls = [SHELL.format(f"<h1>{n}</h1>" + "<p>text</p>" * (40 * (5 - n))) for n in range(5)]
    htmls[2] = TOO_DEEP
    jobs = [(n, documents.a_job(html=html)) for n, html in enumerate(htmls)]
    with Printer(MANY) as printer:
        found = list(printer.each_of([*jobs, (9, None)]))
        assert printer.pdf_of(jobs[0][1]) == found[0][1]
    assert [n for n, _ in found] == [0, 1, 2, 3, 4, 9]
    assert isinstance(found[2][1], NotPrinted)
    assert found[5][1] is None
    assert all(isinstance(found[n][1], bytes) for n in (0, 1, 3, 4))


@pytest.mark.slow
def test_no_more_are_made_ready_than_are_printed_at_once():
    made: list[int] = []

    def ready():
        for number in range(6):
            made.append(number)
            yield number, documents.a_job(html=SHELL.format("<h1>x</h1>"))

    with Printer(Limits(children=2)) as printer:
        outcomes = printer.each_of(ready())
        for number, _ in outcomes:
            assert len(made) <= number + 3
        assert made == list(range(6))


@pytest.mark.slow
def test_a_document_is_set_smaller_until_its_pages_hold_it(printer):
    text = SHELL.format("<h1>x</h1>" + "<p>" + "words and more words " * 250 + "</p>")
    free = printer.pdf_of(documents.a_job(html=text))
    held = printer.pdf_of(documents.a_job(html=text, pages=1))
    assert pages_of(free) > 1
    assert pages_of(held) == 1
    with pytest.raises(NotPrinted):
        printer.pdf_of(documents.a_job(html=text.replace("words", "many words" * 9), pages=1))


def pages_of(pdf: bytes) -> int:
    with pikepdf.open(BytesIO(pdf)) as document:
        return len(document.pages)
