"""What the program runs on may be passed on with it, and is written down."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.libraries import ROOT, Library, bill, is_allowed, pinned


def test_every_installed_library_has_a_license_that_we_may_take_on():
    installed = [each for each in pinned() if each.licenses]
    assert len(installed) > 40
    assert [each for each in installed if not is_allowed(each)] == []


@pytest.mark.parametrize(
    "said", ["GPL-3.0-only", "AGPL-3.0", "MIT AND SSPL-1.0", "Proprietary", ""]
)
def test_another_license_would_be_noticed(said):
    assert not is_allowed(Library("x", "1", (said,)))
    assert not is_allowed(Library("x", "1"))


def test_of_a_choice_one_is_enough():
    assert is_allowed(Library("x", "1", ("GPL-2.0 OR MIT",)))
    assert is_allowed(Library("x", "1", ("GPLv2+", "BSD License")))


def test_the_bill_of_materials_names_every_pinned_package():
    said = subprocess.run(
        [sys.executable, "-m", "tests.libraries"], cwd=ROOT, capture_output=True, check=True
    )
    found = json.loads(said.stdout)
    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.6")
    assert found == bill(pinned())
    named = {(each["name"], each["version"]) for each in found["components"]}
    assert named == {(each.name, each.version) for each in pinned()}
    assert len({each["bom-ref"] for each in found["components"]}) == len(named)
