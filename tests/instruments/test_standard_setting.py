"""The record of who set an instrument's cut points."""

from __future__ import annotations

from dataclasses import replace

import pytest

from readiness.core.errors import BadInput
from readiness.instruments import loader as instruments
from readiness.instruments import standard_setting
from readiness.instruments.seals import seal_of, seals_in

FOLDER = standard_setting.FOLDER
SHIPPED = [each for each in instruments.catalog() if each[2] in ("published", "trial")]


def test_every_record_still_has_the_hash_it_was_published_with():
    files = {path.relative_to(FOLDER).as_posix(): path for path in FOLDER.glob("*/*.yaml")}
    assert files
    assert {name: seal_of(path.read_bytes()) for name, path in files.items()} == seals_in(FOLDER)


@pytest.mark.parametrize("published", SHIPPED, ids=str)
def test_every_instrument_of_ours_has_one_that_cites_sources_it_has(published):
    instrument = instruments.load(*published[:2])
    record = standard_setting.find(instrument)
    assert record
    assert str(record.published_on) == instrument.published_on
    cited = {source for basis in record.rests_on for source in basis.sources}
    assert cited <= {source.id for source in instrument.sources}
    assert record.standing == "working hypothesis"


def test_an_instrument_of_ones_own_has_none():
    instrument = instruments.load(*SHIPPED[0][:2])
    assert standard_setting.find(replace(instrument, id="own")) is None
    assert standard_setting.find(replace(instrument, version="1900.1")) is None


def test_what_has_no_source_cannot_be_called_seen():
    raw = (FOLDER / "qmer/2026.1.yaml").read_bytes()
    with pytest.raises(BadInput, match="mark it E, or name the source"):
        standard_setting.read(raw.replace(b"mark: E", b"mark: V"))
