from __future__ import annotations

import pytest

from readiness.core.errors import BadInput, NotFound
from readiness.instruments import loader as instruments
from tests.factories.second_version import changed, second_text, shipped_text, write_second_version


def test_without_a_version_the_latest_published_is_loaded(tmp_path):
    assert instruments.load("qmer").version == "2026.1"
    write_second_version(tmp_path)
    assert instruments.load("qmer").version == "2027.1"


def test_two_versions_stand_side_by_side(tmp_path):
    write_second_version(tmp_path)
    old = instruments.load("qmer", "2026.1")
    new = instruments.load("qmer", "2027.1")
    assert "TEAM-3" in old.item_by_id
    assert "TEAM-3" not in new.item_by_id
    assert len(new.items) == 57
    assert instruments.catalog() == (
        ("qmer", "2026.1", "published"),
        ("qmer", "2026.2", "trial"),
        ("qmer", "2027.1", "published"),
    )


def test_a_draft_is_listed_but_not_loaded_unasked(tmp_path):
    path = write_second_version(tmp_path)
    path.write_text(changed(second_text(), "status: published", "status: draft"))
    assert instruments.load("qmer").version == "2026.1"
    assert instruments.load("qmer", "2027.1").status == "draft"


def test_version_10_comes_after_version_9(tmp_path):
    for version in ("2027.9", "2027.10"):
        path = tmp_path / "qmer" / f"{version}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(changed(second_text(), "2027.1", version), encoding="utf-8")
    assert instruments.load("qmer").version == "2027.10"


def test_a_file_of_ones_own_cannot_replace_a_shipped_version(tmp_path):
    path = tmp_path / "qmer" / "2026.1.yaml"
    path.parent.mkdir()
    path.write_text(changed(shipped_text(), "No one is named.", "Nobody."), encoding="utf-8")
    loaded = instruments.load("qmer", "2026.1")
    assert loaded.items[0].levels[0] == "No one is named."


@pytest.mark.parametrize("wanted", [("nothing", None), ("qmer", "1999.1"), ("nothing", "2026.1")])
def test_what_does_not_exist_is_not_found(wanted):
    with pytest.raises(NotFound, match="choose one that is listed"):
        instruments.load(*wanted)


def test_a_file_in_the_wrong_place_is_refused(tmp_path):
    path = write_second_version(tmp_path)
    path.rename(path.with_name("2028.1.yaml"))
    with pytest.raises(BadInput, match=r"this file holds qmer/2027\.1\.yaml: give it that name"):
        instruments.load("qmer", "2028.1")


def test_reading_a_bad_file_tells_everything_at_once(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(shipped_text().replace("domain: LEAD\n", "domain: LAED\n"), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        instruments.read(path)
    assert len(caught.value.problems) > 5


def test_one_bad_file_of_ones_own_does_not_stop_the_others(tmp_path):
    path = tmp_path / "qmer" / "2028.1.yaml"
    path.parent.mkdir()
    path.write_text("id: qmer\n")
    assert instruments.load("qmer").version == "2026.1"
    assert ("qmer", "2028.1", "has problems") in instruments.catalog()
    with pytest.raises(BadInput):
        instruments.load("qmer", "2028.1")
