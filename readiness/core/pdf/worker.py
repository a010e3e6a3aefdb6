"""What the printing process does: HTML in, PDF out, within limits, and reaching nothing.

It runs as a child (see `printer.py`), because a hostile layout can take any amount of time or
memory and, in the C libraries below, even the process.
"""

from __future__ import annotations

import gc
import logging
import os
import resource
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any

from weasyprint import CSS, HTML, Attachment
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from readiness.core.config import ROOT
from readiness.core.pdf import fonts
from readiness.core.pdf.job import Enclosure, Page, PrintJob

SIZES = {Page.A4: "210mm 297mm", Page.LETTER: "8.5in 11in"}
STYLES = ("tokens.css", "print.css")
TYPE = (100, 95, 90, 85, 80, 75)  # percent, where a document may have so many pages


class Closed(URLFetcher):  # type: ignore[misc]  # the library ships no types
    """Hands out the files it was given, from memory, and refuses every other address."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self.files = files

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002
        if url not in self.files:
            raise FatalURLFetchingError("a document may fetch nothing but its own fonts")
        return URLFetcherResponse(url, self.files[url], {"Content-Type": "font/ttf"})


def start(memory_bytes: int, niceness: int = 0) -> None:
    """Once, when the process starts."""
    os.nice(niceness)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # it would quote what was typed


def render(job: PrintJob, cpu_seconds: int) -> bytes:
    """The same job gives the same bytes: the document's clock is `made_at`, not the machine's."""
    os.environ["SOURCE_DATE_EPOCH"] = str(int(job.made_at.timestamp()))
    gc.disable()  # a render is short and is followed by a collection: 12 to 15 % faster
    try:
        with limited(cpu_seconds):
            return draw(job)
    except (Exception, FatalURLFetchingError) as fault:  # the latter is no Exception
        # Its text may quote the document, and its class may not survive the way to the parent.
        raise RuntimeError(type(fault).__name__) from None
    finally:
        gc.enable()
        gc.collect()


@contextmanager
def limited(cpu_seconds: int) -> Iterator[None]:
    """For one document."""
    before = resource.getrlimit(resource.RLIMIT_CPU)
    used = resource.getrusage(resource.RUSAGE_SELF)
    end = int(used.ru_utime + used.ru_stime) + cpu_seconds + 1
    hard = before[1]
    soft = end if hard == resource.RLIM_INFINITY else min(end, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, before)


def draw(job: PrintJob) -> bytes:
    """In smaller type, step by step, where the pages it may have do not hold it."""
    for percent in TYPE if job.pages else TYPE[:1]:
        document, options = laid_out(job, percent)
        if job.pages is None or len(document.pages) <= job.pages:
            written: bytes = document.write_pdf(**options)
            return written
    raise ValueError("more than its pages hold")


def laid_out(job: PrintJob, percent: int) -> tuple[Document, dict[str, Any]]:
    fetcher = closed()
    letters = FontConfiguration()
    own = [f"@page {{ size: {SIZES[job.page]} }}"]
    if percent < TYPE[0]:
        own.append(f"body {{ font-size: {percent}% }}")
    options = {
        "stylesheets": [
            CSS(string=text, url_fetcher=fetcher, font_config=letters) for text in (*styles(), *own)
        ],
        "pdf_variant": "pdf/ua-1",
        "pdf_identifier": job.identifier,
        "attachments": [attached(job.made_at, enclosure) for enclosure in job.enclosures],
    }
    html = HTML(string=job.html, base_url=None, url_fetcher=fetcher)
    return html.render(font_config=letters, **options), options


def attached(made_at: datetime, enclosure: Enclosure) -> Attachment:
    return Attachment(
        file_obj=BytesIO(enclosure.content),
        name=enclosure.name,
        description=enclosure.description,
        created=made_at,
        modified=made_at,
        relationship="Data",
        url_fetcher=closed(),
    )


@cache
def closed() -> Closed:
    return Closed({f"app:{name}": fonts.face(name) for name in fonts.FACES})


@cache
def styles() -> tuple[str, ...]:
    files = tuple((ROOT / "static" / name).read_text("utf-8") for name in STYLES)
    return (fonts.css("app:"), *files)
