from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import timedelta
from io import BytesIO

import page
import pikepdf
import pytest

from readiness.core.config import ROOT
from readiness.core.errors import NotPrinted
from readiness.core.pdf import worker
from readiness.core.pdf.job import Enclosure, Page
from readiness.core.pdf.printer import BROKEN, Limits, Printer
from readiness.core.tables.models import Canceled
from tests.factories import documents
from tests.factories.waiting import PATIENCE

pytestmark = pytest.mark.slow  # every test prints

SHELL = '<!doctype html><html lang="en"><head><title>A plan</title></head><body>{}</body></html>'
TOO_WIDE = SHELL.format(
    '<table><tr><th scope="col" colspan="1000000">Step</th></tr><tr><td>1</td></tr></table>'
)
TOO_DEEP = SHELL.format("<div>" * 400 + "text" + "</div>" * 400)


@pytest.fixture(scope="module")
def printed(printer):
    return printer.pdf_of(documents.a_job())


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(pdf))


def test_a_document_conforms_to_pdf_ua(printed, tmp_path):
    (file := tmp_path / "plan.pdf").write_bytes(printed)
    assert page.validate_pdf(str(file)).failures == []


def test_the_check_for_pdf_ua_can_fail(printer, tmp_path):
    untitled = SHELL.format('<svg width="9" height="9"><rect width="9" height="9"/></svg>')
    pdf = printer.pdf_of(documents.a_job(html=untitled))
    (file := tmp_path / "bad.pdf").write_bytes(pdf)
    assert page.validate_pdf(str(file)).failures != []


def test_a_document_has_title_language_tags_and_bookmarks(printed):
    pdf = opened(printed)
    assert str(pdf.docinfo["/Title"]) == "Action plan – Elm Street Family Physicians"
    assert str(pdf.Root["/Lang"]) == "en"
    assert bool(pdf.Root["/MarkInfo"]["/Marked"])
    with pdf.open_outline() as outline:
        [cover] = outline.root
        assert cover.title == "Elm Street Family Physicians"
        assert "Domain profile" in [chapter.title for chapter in cover.children]


def test_only_our_own_letters_are_on_the_page(printed):
    pdf = opened(printed)
    fonts = {
        str(font["/BaseFont"]).split("+")[1]
        for leaf in pdf.pages
        for font in leaf.Resources["/Font"].values()
    }
    assert fonts
    assert all(name.startswith("Source-Sans-Pro") for name in fonts)


@pytest.mark.parametrize(("size", "points"), [(Page.A4, (595, 842)), (Page.LETTER, (612, 792))])
def test_paper_is_the_size_that_was_asked_for(printer, size, points):
    pdf = opened(printer.pdf_of(documents.a_job(page=size)))
    box = pdf.pages[0].MediaBox
    assert (round(box[2]), round(box[3])) == points


def test_data_travel_inside_the_document(printer, tmp_path):
    data = b'{"tier": "T2", "by": "O\xc3\xb1ate"}'
    enclosed = (Enclosure("plan.json", data, "The plan as data"),)
    pdf = printer.pdf_of(documents.a_job(enclosures=enclosed))
    document = opened(pdf)
    enclosure = document.attachments["plan.json"]
    assert enclosure.description == "The plan as data"
    assert enclosure.get_file().read_bytes() == data
    assert enclosure.get_file().mime_type == "application/json"
    (file := tmp_path / "plan.pdf").write_bytes(pdf)
    assert page.validate_pdf(str(file)).failures == []


PRINT_ONCE = """
import sys
from readiness.core.pdf import worker
from readiness.core.tables.models import Canceled
from tests.factories import documents
from tests.factories.waiting import PATIENCE
worker.start(2**30)
sys.stdout.buffer.write(worker.render(documents.a_job(), 60))
"""


def test_the_same_document_is_the_same_bytes_in_another_process_a_second_later():
    first = printed_apart("1")
    time.sleep(1.1)
    assert printed_apart("2") == first
    assert first.startswith(b"%PDF")


def printed_apart(hash_seed: str) -> bytes:
    return subprocess.run(
        [sys.executable, "-c", PRINT_ONCE],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=True,
    ).stdout


def test_another_moment_or_identifier_is_another_document(printer, printed):
    later = documents.a_job(made_at=documents.MADE_AT + timedelta(days=1))
    assert printer.pdf_of(later) != printed
    assert printer.pdf_of(documents.a_job(identifier=b"other")) != printed


def test_a_layout_that_never_ends_is_given_up_and_the_next_document_is_printed():
    with Printer(Limits(seconds=3)) as printer:
        with pytest.raises(NotPrinted, match="too long"):
            printer.pdf_of(documents.a_job(html=TOO_WIDE))
        assert printer.pdf_of(documents.a_job(html=SHELL.format("<h1>Next</h1>"))).startswith(
            b"%PDF"
        )


def test_a_layout_that_breaks_the_engine_is_a_sentence(printer):
    with pytest.raises(NotPrinted) as caught:
        printer.pdf_of(documents.a_job(html=TOO_DEEP))
    assert str(caught.value) == BROKEN


def test_a_document_may_not_take_all_the_memory():
    with Printer(Limits(memory_bytes=2**26)) as printer, pytest.raises(NotPrinted):
        printer.pdf_of(documents.a_job())


def test_a_document_that_nobody_wants_any_more_is_given_up_and_the_next_one_is_printed():
    with Printer(Limits(seconds=PATIENCE)) as printer:
        with pytest.raises(Canceled):
            printer.pdf_of(documents.a_job(html=TOO_WIDE), unwanted)
        next_one = documents.a_job(html=SHELL.format("<h1>Next</h1>"))
        assert printer.pdf_of(next_one).startswith(b"%PDF")


def unwanted() -> None:
    raise Canceled


def test_what_was_typed_is_text_and_never_markup(printer):
    typed = '<img src="file:///etc/passwd"><script>1</script> {{ 7*7 }} & “so on”'
    html = documents.html(summary=typed)
    assert "<script>" not in html
    assert printer.pdf_of(documents.a_job(html=html)).startswith(b"%PDF")


def test_a_fault_carries_nothing_of_what_was_typed():
    with pytest.raises(RuntimeError) as caught:
        worker.render(documents.a_job(html=TOO_DEEP.replace("text", "Mrs. Secret")), 60)
    assert "Secret" not in str(caught.value)
    assert caught.value.__suppress_context__
