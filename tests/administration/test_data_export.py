from __future__ import annotations

import csv
import io

import pytest

from readiness.accounts.db import people
from readiness.administration import db as takeout
from readiness.administration import service as administration
from readiness.core.db import Session
from readiness.core.errors import Denied, NotFound
from tests.factories.world import NOW


def tables_of_groups(store) -> set[str]:
    """Every table whose rows go when a group goes, however far down."""
    names = {row["name"] for row in store.rows("select name from sqlite_master where type='table'")}
    references = {
        name: {row["table"] for row in store.rows(f"pragma foreign_key_list({name})")}
        for name in names
    }
    found = {"groups"}
    while more := {name for name in names - found if references[name] & found}:
        found |= more
    return found


def test_every_table_that_goes_with_a_group_is_in_its_export(store):
    read = " ".join(takeout.TABLES.values()).split()
    missing = {name for name in tables_of_groups(store) if name not in read}
    assert missing == set()


def test_only_the_groups_own_managers_take_out_its_records(store):
    with pytest.raises(Denied):
        administration.export_group(Session(store, people.actor(store, "cara"), NOW), "elm")
    for stranger in ("omar", "pete", "ada"):
        with pytest.raises(NotFound):
            administration.export_group(Session(store, people.actor(store, stranger), NOW), "elm")


def test_the_same_records_make_the_same_file(store):
    tables = takeout.tables(store, "elm")
    assert administration.zip_of(administration.files(tables), NOW) == administration.zip_of(
        administration.files(tables), NOW
    )


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", " =1+1"])
def test_a_spreadsheet_runs_nothing_of_an_export(text):
    written = administration.as_csv(["note", "level"], [{"note": text, "level": -1}])
    _, row = csv.reader(io.StringIO(written, newline=""))
    assert row == ["'" + text, "-1"]
