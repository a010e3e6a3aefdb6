"""From files to documents: lines, whole documents, compressed ones, and those made to harm."""

from __future__ import annotations

import gzip
import json

import pytest

from readiness.core.errors import BadInput
from readiness.core.tables.models import SourceFile, file_in_memory
from readiness.imports.fhir import documents as files
from readiness.imports.fhir.context import UnreadableResource


def documents(content: bytes) -> list[tuple[str, bytes]]:
    found = files.documents(file_in_memory("the file", "x.ndjson", content))
    return [(place, bytes(text)) for place, text in found]


def test_each_line_is_a_document_with_its_number():
    assert documents(b'{"a":1}\n\n{"b":2}\r\n') == [
        ("the file, line 1", b'{"a":1}'),
        ("the file, line 3", b'{"b":2}'),
    ]


def test_a_document_over_many_lines_is_one():
    document = json.dumps({"a": [1, {"b": "c"}]}, indent=2).encode()
    ((place, text),) = documents(document)
    assert place == "the file"
    assert json.loads(text) == json.loads(document)


@pytest.mark.parametrize("content", [b'{"a":1}\n', b'{\n"a":1}'])
def test_a_mark_of_its_encoding_before_a_file_is_passed_over(content):
    assert documents(b"\xef\xbb\xbf" + content)[0][1].startswith(b"{")


def test_a_broken_first_line_does_not_hide_the_others():
    assert [place for place, _ in documents(b'{"a":"unfinis\n{"b":2}\n')][-1] == "the file, line 2"


def test_a_line_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(files, "LONGEST", 1_000)
    with pytest.raises(BadInput, match="larger than"):
        documents(b'{"a":"' + b"x" * 2_000 + b'"}')
    with pytest.raises(BadInput, match="larger than"):
        documents(b'{\n"a":' + b"1,\n" * 2_000 + b"}")


@pytest.mark.slow
def test_a_file_that_unpacks_without_measure_is_stopped_early():
    line = b"{}" + b" " * 100_000 + b"\n"
    packed = gzip.compress(line * 1_500)
    source = file_in_memory("the file", "x.ndjson.gz", packed)
    seen = files.documents(source)
    with pytest.raises(BadInput, match="unpacks to far more"):
        list(seen)


def test_a_file_that_is_gone_is_told_in_a_sentence():
    def gone():
        raise FileNotFoundError("planted path")

    with pytest.raises(BadInput) as raised:
        list(files.documents(SourceFile("the file", "x.json", 1, gone)))
    assert "planted" not in str(raised.value)
    assert raised.value.__suppress_context__


def test_entries_are_cut_out_of_a_bundle_whatever_stands_inside_them():
    entries = [
        {"resource": {"text": 'a "quoted" } ] {', "entry": [1]}},
        {"a": [[], {}], "b\\": "\\"},
        {},
    ]
    document = {"type": "entry", "link": [{"url": "["}], "entry": entries, "signature": {"x": 1}}
    for indent in (None, 2):
        text = json.dumps(document, indent=indent).encode()
        cut = [json.loads(text[start:end]) for start, end in files.entry_spans(text)]
        assert cut == entries


def test_a_bundle_with_too_many_entries_is_not_read(monkeypatch):
    monkeypatch.setattr(files, "MOST_ENTRIES", 3)
    with pytest.raises(UnreadableResource):
        list(files.entry_spans(b'{"entry":[{},{},{},{}]}'))
