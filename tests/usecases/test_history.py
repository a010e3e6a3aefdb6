"""Who did what, as those may read it whose history it is."""

from __future__ import annotations

from readiness.usecases import history
from tests import payers
from tests.payers import person
from tests.web.world import NOW


def test_a_payer_reads_what_a_group_did_and_never_by_whom(peopled):
    payers.sent_in(peopled)
    own = person(peopled, "pam")
    lines = history.of_payer(peopled, own, "fair", None).lines
    assert {line.who for line in lines if line.did == "submitted"} == {history.OUTSIDE}
    assert own.name in {line.who for line in lines}
    assert person(peopled, "maya").name not in str(lines)


def test_a_group_reads_the_names_of_all_who_did_something(peopled):
    payers.sent_in(peopled)
    maya = person(peopled, "maya")
    lines = history.of_group(peopled, maya, "elm", None, NOW).lines
    assert {line.who for line in lines if line.did == "submitted"} == {maya.name}
