"""The list of attacks is whole, and names only tests that there are."""

from __future__ import annotations

from tests.prove.attack_list import ATTACKS
from tests.prove.named_tests import missing


def test_there_are_sixty_kinds_each_with_a_test():
    assert [each.number for each in ATTACKS] == list(range(1, 61))
    assert len({each.what for each in ATTACKS}) == 60
    assert [each.what for each in ATTACKS if not each.tests] == []


def test_each_test_that_covers_an_attack_exists():
    assert missing(node for each in ATTACKS for node in each.tests) == []


def test_a_test_that_does_not_exist_would_be_noticed():
    here = "tests/prove/test_attack_list.py"
    nodes = [f"{here}::test_nothing", "tests/no_such.py::test_x", f"{here}::missing"]
    assert missing([*nodes, f"{here}::test_there_are_sixty_kinds_each_with_a_test"]) == nodes
