"""Who did what, as those may read it whose history it is."""

from __future__ import annotations

from readiness.accounts.history_filter import HistoryFilter
from readiness.accounts.service import history
from readiness.core.db import Session
from tests.factories import payers
from tests.factories.payers import person
from tests.factories.world import NOW


def test_a_payer_reads_what_a_group_did_and_never_by_whom(store):
    payers.sent_in(store)
    own = person(store, "pam")
    lines = history.of_payer(Session(store, own, NOW), "fair", HistoryFilter(), None).lines
    assert {line.who for line in lines if line.did == "submitted"} == {history.OUTSIDE}
    assert own.name in {line.who for line in lines}
    assert person(store, "maya").name not in str(lines)


def test_a_group_reads_the_names_of_all_who_did_something(store):
    payers.sent_in(store)
    maya = person(store, "maya")
    lines = history.of_group(Session(store, maya, NOW), "elm", HistoryFilter(), None).lines
    assert {line.who for line in lines if line.did == "submitted"} == {maya.name}
