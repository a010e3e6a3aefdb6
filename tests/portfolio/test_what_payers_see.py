"""Nothing that a payer can open, print or export tells a count that was not released.

Two groups of tests: numbers that nobody could mistake are searched for in everything a payer can
open; and two worlds that differ only in hidden numbers must look the same to a payer, byte by byte.
"""

from __future__ import annotations

import itertools
import re
import zipfile
from contextlib import closing
from io import BytesIO
from typing import Any

import pytest

from app import create_app
from readiness.accounts.db import people, sessions
from readiness.core.config import Settings
from readiness.core.db import Session, Store
from readiness.core.pdf.job import Page as Paper
from readiness.core.pdf.job import PrintJob
from readiness.core.periods import Period
from readiness.core.printing.service import PrintQueue
from readiness.counts.db import quality as quality_counts
from readiness.counts.db import social_risk
from readiness.counts.models import Revision
from readiness.counts.quality.models import (
    DemographicCell,
    DemographicField,
    DemographicSource,
    DemographicStatus,
    MeasureCell,
    MeasurePart,
    QualityCell,
)
from readiness.counts.service import quality
from readiness.counts.social_risk.models import FIVE, FunnelCell, Step
from readiness.counts.strata import Stratum, StratumType
from readiness.disclosure.db import quality as quality_releases
from readiness.disclosure.db import social_risk as releases
from readiness.plans.service import document
from readiness.releases.service.publication import QUALITY, SOCIAL_RISK
from tests.factories import payers, world
from tests.factories.completion import mark_complete
from tests.factories.page import Page
from tests.factories.waiting import PATIENCE
from tests.factories.world import NOW

QUARTERS = (Period(2026, 3), Period(2026, 4))
SPANISH = Stratum(StratumType.LANGUAGE, "spanish")
ENGLISH = Stratum(StratumType.LANGUAGE, "english")
WHITE, BLACK = (Stratum(StratumType.RACE, name) for name in ("white", "black"))
# No two alike, and none that stands on a page for another reason. Everybody but a few of those
# screened was asked about each need, so these counts must be hidden although they are large.
GROUP = {Step.ELIGIBLE: 91_463, Step.SCREENED: 58_237, Step.ANY_POSITIVE: 21_871}
NEED = {Step.POSITIVE: 7_879, Step.WANTS_HELP: 6_151, Step.OUTCOME_KNOWN: 4_643, Step.CONNECTED: 9}


def a_quarter(number: int, few: int = 0) -> dict[FunnelCell, int]:
    known = {FunnelCell(step): people + 1_013 * number for step, people in GROUP.items()}
    screened = known[FunnelCell(Step.SCREENED)]
    for place, need in enumerate(FIVE, start=1):
        known[FunnelCell(Step.SCREENED, need)] = screened - place - few
        known |= {FunnelCell(step, need): n + 17 * place + 31 * number for step, n in NEED.items()}
        known[FunnelCell(Step.CONNECTED, need)] = 2 + place + few
    known[FunnelCell(Step.ELIGIBLE, None, SPANISH)] = 7 + few
    known[FunnelCell(Step.ELIGIBLE, None, ENGLISH)] = known[FunnelCell(Step.ELIGIBLE)] - 7 - few
    return known


def of_a_measure(number: int, few: int = 0) -> dict[QualityCell, int]:
    """Two parts of a whole that is shown: the small one is hidden, so the large one is too."""
    known: dict[QualityCell, int] = {}
    for part, (all_patients, black) in {
        MeasurePart.DENOMINATOR: (47_513 + 211 * number, 8 + few),
        MeasurePart.NUMERATOR: (33_391 + 97 * number, 4 + few),
    }.items():
        known[MeasureCell("COL", part)] = all_patients
        known[MeasureCell("COL", part, BLACK)] = black
        known[MeasureCell("COL", part, WHITE)] = all_patients - black
    known[
        DemographicCell(
            DemographicField.LANGUAGE, DemographicStatus.KNOWN, DemographicSource.RECORD
        )
    ] = 58_889
    known[DemographicCell(DemographicField.RACE, DemographicStatus.DECLINED)] = 3 + few
    known[DemographicCell(DemographicField.RACE, DemographicStatus.NOT_ASKED)] = 12_911 - few
    known[
        DemographicCell(
            DemographicField.RACE, DemographicStatus.KNOWN, DemographicSource.SELF_REPORT
        )
    ] = 58_889 - 12_911 - 3
    return known


def filled(folder, few: int = 0) -> Store:
    store = world.store_in(folder)
    assessment = payers.started(store)
    cara = people.actor(store, "cara")
    for number, quarter in enumerate(QUARTERS):
        revisions = [
            Revision(cell, 1, value, "cara", NOW) for cell, value in a_quarter(number, few).items()
        ]
        social_risk.save(store, "elm", quarter, revisions)
        mark_complete(Session(store, cara, NOW), SOCIAL_RISK, "elm", str(quarter), 11)
        measured = [
            Revision(cell, 1, value, "cara", NOW)
            for cell, value in of_a_measure(number, few).items()
        ]
        quality_counts.save(store, "elm", quarter, measured, None)
        quality.declare(Session(store, cara, NOW), "elm", str(quarter), "race_omb2024.white")
        mark_complete(Session(store, cara, NOW), QUALITY, "elm", str(quarter), 11)
    payers.answer(store, assessment, payers.all_at(2))
    payers.send_in(store, assessment)
    return store


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("seen")
    payers.numbers = itertools.count(1)
    filled(made).close()
    return made


@pytest.fixture
def store(folder):
    with closing(Store(folder / "readiness.db")) as opened:
        yield opened


class Unset:
    """In place of the printer: what would be set, with what travels inside."""

    def pdf_of(self, job: PrintJob, _is_wanted: object) -> bytes:
        return b"\n".join([job.html.encode(), *(each.content for each in job.enclosures)])


def payer_in(folder):
    chosen = Settings(folder, secret_key="x" * 32, is_demo=True, quick_hashing=True)
    app = create_app(chosen)
    app.config.update(CLOCK=world.Clock(), TESTING=True, PRINTER=Unset())
    app.config["PRINTS"] = PrintQueue(folder / "readiness.db", PATIENCE)
    with closing(Store(folder / "readiness.db")) as opened:
        if sessions.find(opened, "pam-looks") is None:
            world.start_session(opened, "pam-looks", "pam", NOW)
        (sent,) = opened.rows("select id from assessments where group_id = 'elm'")
    client = app.test_client()
    client.set_cookie(app.config["SIGN_IN_COOKIE"], "pam-looks")
    return client, sent["id"]


ENDINGS = ("csv", "xlsx", "json")


def addresses(app, assessment_id):
    """Every address that can be asked for with what a payer knows."""
    known = {
        "payer_id": ["fair"],
        "group_id": ["elm"],
        "assessment_id": [assessment_id],
        "period": [str(each) for each in QUARTERS],
        "ending": ENDINGS,
        "domain_id": ["SOCR", "LEAD"],
        "reference": ["group"],
    }
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or not rule.arguments <= known.keys():
            continue
        if (
            rule.endpoint == "monitoring.metrics"
        ):  # for whoever runs the machine, and counts requests
            continue
        names = sorted(rule.arguments)
        places: list[dict[str, str]] = [{}]
        for name in names:
            places = [{**place, name: value} for place in places for value in known[name]]
        yield from (adapter.build(rule.endpoint, place) for place in places)


def seen(folder):
    """Whatever a payer is answered, by address, as text."""
    client, assessment_id = payer_in(folder)
    found = {}
    for address in sorted(set(addresses(client.application, assessment_id))):
        reply = client.get(address, buffered=True)
        if reply.status_code == 200 and not address.startswith(("/static", "/vendor", "/fonts")):
            found[address] = plain(reply)
    return found


@pytest.fixture(scope="module")
def replies(folder):
    return seen(folder)


def plain(reply):
    data = reply.get_data()
    if data.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(data)) as book:
            return "\n".join(book.read(name).decode() for name in sorted(book.namelist()))
    return re.sub(r'value="[^"]{60,}"|content="[^"]{60,}"', "", data.decode())  # form tokens


def hidden_numbers(store):
    """Those that must not be seen, and are long enough to be searched for."""
    found: set[int] = set()
    for number, quarter in enumerate(QUARTERS):
        for true, release in (
            (dict[Any, int](a_quarter(number)), releases.latest(store, "elm", quarter)),
            (dict[Any, int](of_a_measure(number)), quality_releases.latest(store, "elm", quarter)),
        ):
            assert release
            found |= {true[cell] for cell, value in release.values.items() if value is None}
    return found - set(range(30))


def test_there_is_something_to_hide(store):
    hidden = hidden_numbers(store)
    assert len(hidden) >= 4
    assert min(hidden) > 1_000
    assert {47_505, 33_387, 12_911} <= hidden  # the large parts of a measure, and of the record


@pytest.mark.slow
def test_no_page_and_no_export_shows_a_count_that_was_not_released(replies, store):
    assert {
        "/payers/fair/groups/elm/counts/2026-Q4",
        "/payers/fair/groups/elm/counts/2026-Q4/released.xlsx",
        "/payers/fair/portfolio.csv",
        "/payers/fair/next-tier",
        "/payers/fair/next-tier.csv",
    } <= replies.keys()
    hidden = hidden_numbers(store)
    for address, text in replies.items():
        for number in hidden:
            assert not re.search(rf"(?<!\d)(?:{number}|{number:,})(?!\d)", text), (address, number)


def test_no_paper_shows_one(folder, store):
    pam = people.actor(store, "pam")
    _, assessment_id = payer_in(folder)
    html = document.job_of(Session(store, pam, NOW), assessment_id, Paper.A4).html
    data = str(document.export(Session(store, pam, NOW), assessment_id))
    assert "91,463" not in html  # the sum over both quarters is told
    assert f"{2 * 91_463 + 1_013:,}" in html
    for number in hidden_numbers(store):
        assert f"{number:,}" not in html
        assert str(number) not in data


def test_every_number_of_a_payers_table_is_one_that_was_released(folder, store):
    client, _ = payer_in(folder)
    page = Page(client.get("/payers/fair/groups/elm/counts/2026-Q4").text)
    release = releases.latest(store, "elm", QUARTERS[1])
    assert release
    values = release.values.values()
    allowed = {f"{value:,}" for value in values if value is not None} | {"–"}
    cells = [
        cell.text
        for table in page.all("table")
        if "rates-table" in table.get("class")
        for cell in table.all("td")
        if "%" not in cell.text
    ]
    assert "hidden to protect small counts" in cells
    words = {"hidden to protect small counts", "not counted yet"}
    assert set(cells) <= allowed | words
    small = {str(number) for number in range(1, 11)}
    assert not small & set(cells)


@pytest.mark.slow
def test_two_worlds_that_differ_in_hidden_numbers_alone_look_the_same_to_a_payer(
    folder, replies, tmp_path
):
    payers.numbers = itertools.count(1)  # the same ids in both
    with closing(filled(tmp_path, few=1)) as other:
        assert released_in(other) == released(folder)
    there = seen(tmp_path)
    assert replies.keys() == there.keys()
    for address, text in replies.items():
        assert text == there[address], address


def released(folder):
    with closing(Store(folder / "readiness.db")) as opened:
        return released_in(opened)


def released_in(store):
    of_both = (releases.latest_of_group, quality_releases.latest_of_group)
    return [each.values for newest in of_both for each in newest(store, "elm")]
