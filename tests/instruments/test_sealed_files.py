from __future__ import annotations

import shutil

import pytest

from readiness.core.errors import BadInput
from readiness.instruments import loader as instruments
from readiness.instruments.loader import SHIPPED
from readiness.instruments.seals import broken_seal, seal_of, seals_in
from tests.factories.second_version import write_second_version


def test_every_shipped_version_still_has_the_hash_it_was_published_with():
    sealed = seals_in(SHIPPED)
    files = {path.relative_to(SHIPPED).as_posix(): path for path in SHIPPED.glob("*/*.yaml")}
    assert set(sealed) == set(files)
    assert {name: seal_of(path.read_bytes()) for name, path in files.items()} == sealed


def test_an_instrument_carries_its_seal():
    assert instruments.load("qmer", "2026.1").sha256 == seals_in(SHIPPED)["qmer/2026.1.yaml"]


def test_a_published_file_that_was_changed_is_refused(tmp_path):
    shutil.copytree(SHIPPED / "qmer", tmp_path / "qmer")
    path = tmp_path / "qmer" / "2026.1.yaml"
    (tmp_path / "SEALS").write_text(f"{seal_of(path.read_bytes())}  qmer/2026.1.yaml\n")
    path.write_text(path.read_text(encoding="utf-8").replace("No one is named.", "Nobody."))
    reason = broken_seal(tmp_path, path, path.read_bytes(), needed=True)
    assert reason.startswith("qmer/2026.1.yaml is not the file that was published")
    assert reason.endswith("into a new version")


def test_a_shipped_file_without_a_seal_is_refused_but_ones_own_needs_none(tmp_path):
    path = write_second_version(tmp_path)
    raw = path.read_bytes()
    assert "has no seal" in broken_seal(tmp_path, path, raw, needed=True)
    assert broken_seal(tmp_path, path, raw, needed=False) == ""


def test_loading_refuses_a_broken_seal(tmp_path):
    write_second_version(tmp_path)
    (tmp_path / "SEALS").write_text(f"{'0' * 64}  qmer/2027.1.yaml\n")
    with pytest.raises(BadInput, match="not the file that was published"):
        instruments.load("qmer", "2027.1")
