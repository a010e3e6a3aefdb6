"""The short form of what `script/prove` does, and that it would notice."""

from __future__ import annotations

import shutil
from dataclasses import replace
from random import Random

import pytest

from tests.browser import demonstration
from tests.prove import prove_defenses, prove_kills, prove_restores, prove_servers
from tests.prove.__main__ import print_figures
from tests.prove.defenses import DEFENSES
from tests.prove.figures import Figure, counted
from tests.prove.named_tests import missing
from tests.prove.server import ROOT, Server

SEED = 10  # kills two web processes, then their master


@pytest.fixture
def server(tmp_path, tmp_path_factory):
    filled = demonstration.filled_once(tmp_path_factory)
    return Server(shutil.copytree(filled, tmp_path / "data"))


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_servers_are_killed(server):
    found = list(prove_kills.figures(server, 3, Random(SEED)))
    assert [figure for figure in found if figure.off] == []
    kills, masters, acknowledged, *_ = found
    assert (kills.count, masters.count) == (3, 1)
    assert acknowledged.count > 0


@pytest.mark.slow
def test_nothing_is_lost_between_two_servers_on_one_file(server):
    found = list(prove_servers.figures(server, Server(server.folder), 20))
    assert [figure for figure in found if figure.off] == []
    assert found[0].count >= 20


@pytest.mark.slow
def test_a_save_that_is_not_there_or_was_never_sent_would_be_noticed(server):
    before = prove_kills.stored(server.folder)
    (item, revision), *_ = before
    writer = prove_kills.Writer(1, "", [item], 0, {})
    writer.acknowledged[item, revision + 1] = 2, "never stored"
    lost, half, *_ = prove_kills.checked(server.folder, {}, [writer])
    assert lost.off == 1
    assert "never stored" in lost.example
    assert half.off == len(before)


@pytest.mark.slow
def test_a_damaged_database_comes_back_whole(tmp_path, tmp_path_factory):
    folder = shutil.copytree(demonstration.filled_once(tmp_path_factory), tmp_path / "data")
    for figure in prove_restores.figures(folder, 1, Random(SEED)):
        assert (figure.count, figure.off) == (1, 0), figure


@pytest.mark.slow
def test_a_defense_that_is_taken_out_is_missed_by_its_test(tmp_path):
    copied = prove_defenses.copy_in(tmp_path)
    [exports] = [each for each in DEFENSES if each.file == "readiness/core/exports.py"]
    for_nothing = replace(exports, without=exports.text + "  # as before")
    whole, out = prove_defenses.figures(copied, [exports])
    assert (whole.off, out.count, out.off) == (0, 1, 0)
    assert not prove_defenses.fails_without(copied, for_nothing)


def test_every_defense_stands_where_it_is_said_to_stand():
    assert len(DEFENSES) >= 20
    assert missing(each.test for each in DEFENSES) == []
    for each in DEFENSES:
        assert (ROOT / each.file).read_text(encoding="utf-8").count(each.text) == 1, each.what


def test_one_figure_that_is_off_is_enough(capsys):
    assert not print_figures([Figure("kills", 3), counted("saves", 1200, [])])
    assert print_figures([counted("saves", 1200, ["one", "another"]), Figure("kills", 3)])
    said = capsys.readouterr().out.splitlines()
    assert said[:3] == ["  3 kills", "  1,200 saves", "  1,200 saves, 2 OFF: one"]
