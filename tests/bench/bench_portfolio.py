"""The payer's list with 5,000 groups: the page through the whole stack, and what it is made of.

What the next tier costs is worked out for 500 of them, each with facts of its own, and shared out
among the rest.
"""

from __future__ import annotations

import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from flask.testing import FlaskClient

from app import create_app
from readiness.assessments.scorecard import inputs_of, to_json
from readiness.assessments.service.scoring import scoring_run
from readiness.assessments.tiers import evaluate
from readiness.core.config import Settings
from readiness.core.db import Store
from readiness.instruments import loader as instruments
from readiness.instruments.answers import Answer
from readiness.plans.service import tier_costs
from readiness.portfolio import db as groups
from readiness.portfolio.models import PortfolioQuery, PortfolioSort
from tests.factories import world
from tests.factories.world import NOW

GROUPS, PRICED, REQUESTS, SEED = 5_000, 500, 60, 20260301
SCORED_ONES = 40  # distinct runs, shared out among the groups
QMER = instruments.load("qmer")
LIST = "/payers/fair/portfolio"
PAGES = {
    "first page, 50 rows": LIST,
    "page 37 sorted by a domain": f"{LIST}?sort=LEAD&order=down&page=37",
    "filtered by text, tier and a domain": f"{LIST}?text=9&tier=T1&domain=REAL&below=60",
    "200 rows sorted by screening reach": f"{LIST}?sort=reach&size=200",
    "50 rows sorted by the cost of the next tier": f"{LIST}?sort=cost",
}


def run() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        store = world.store_in(Path(folder))
        fill(store, random.Random(SEED))
        yield f"{GROUPS:,} groups, {store.path.stat().st_size / 2**20:.0f} MB"
        yield f"what the next tier costs, {PRICED} groups: {once(lambda: price(store, PRICED))}"
        yield f"the same again, with plans that were kept: {once(lambda: price(store, PRICED))}"
        share_out_costs(store)
        client = signed_in(store, Path(folder))
        for says, path in PAGES.items():
            yield f"{says}: {timed(partial(opened, client, path))}"
        cuts = timed(lambda: opened(client, "/payers/fair/cut-points"), 5)
        yield f"tiers with each cut point moved: {cuts}"
        yield f"all rows as CSV: {timed(lambda: opened(client, f'{LIST}.csv'), 5)}"
        query = PortfolioQuery(sort=PortfolioSort.QMS, page=20)
        today = NOW.date()
        page = timed(lambda: groups.rows_of_page(store, "fair", today, query))
        yield f"the query for a page alone: {page}"
        count = timed(lambda: groups.tally(store, "fair", today, query))
        yield f"the queries that count alone: {count}"
        yield f"instead, every group anew in Python: {once(lambda: recomputed(store))}"


def fill(store: Store, rng: random.Random) -> None:
    """Straight into the tables: going through the pages would take an hour."""
    results = [a_result(rng) for _ in range(SCORED_ONES)]
    at = NOW.isoformat()
    with store.writing():
        for number in range(GROUPS):
            add_group(store, number, rng.choice(results), rng, at)


def a_result(rng: random.Random) -> tuple[dict[str, int], dict[str, object]]:
    typical = rng.uniform(0.5, 3.5)
    levels = {i.id: max(0, min(4, round(rng.gauss(typical, 0.8)))) for i in QMER.items}
    answers = {item_id: Answer.at(level) for item_id, level in levels.items()}
    return levels, to_json(scoring_run(QMER, {}, answers))


def some_facts(rng: random.Random) -> dict[str, int | float]:
    clinicians = rng.randint(4, 90)
    return {
        "sites": rng.randint(1, 8),
        "clinicians_fte": clinicians,
        "active_patients": clinicians * rng.randint(900, 1_600),
        "interpreter_patients": rng.randint(0, 2_000),
        "deprived_share": round(rng.random(), 2),
    }


def price(store: Store, groups: int) -> None:
    found = tier_costs.refresh(store, [f"g{number}" for number in range(groups)], NOW)
    assert len(found) == groups


def share_out_costs(store: Store) -> None:
    with store.writing():
        for number in range(PRICED, GROUPS):
            store.execute(
                "insert into tier_costs select ?, ?, ?, made_with, dollars, patients, cost"
                " from tier_costs where group_id = ?",
                (*[f"g{number}"] * 3, f"g{number % PRICED}"),
            )


def add_group(
    store: Store,
    number: int,
    scored: tuple[dict[str, int], dict[str, object]],
    rng: random.Random,
    at: str,
) -> None:
    levels, result = scored
    group_id = f"g{number}"
    base = {"group_id": group_id}
    store.insert("groups", {"id": group_id, "name": f"Group {rng.random():.6f}", "created_at": at})
    store.insert(
        "grants",
        base | {"id": group_id, "payer_id": "fair", "granted_at": at, "granted_by": "maya"},
    )
    store.insert(
        "assessments",
        base
        | {
            "id": group_id,
            "instrument_id": QMER.id,
            "version": QMER.version,
            "instrument_sha256": QMER.sha256,
            "title": "2027",
            "status": rng.choice(["submitted", "accepted", "changes requested"]),
            "created_at": at,
            "revision": 0,
            "changed_at": at,
        },
    )
    for item_id, level in levels.items():
        store.execute(
            "insert into answers (assessment_id, item_id, revision, kind, level, author_id, at)"
            " values (?, ?, 1, 'level', ?, 'maya', ?)",
            (group_id, item_id, level, at),
        )
    answers = {item_id: Answer.at(level) for item_id, level in levels.items()}
    inputs = json.dumps(inputs_of(QMER, some_facts(rng), answers))
    add_standing(store, group_id, (inputs, result), rng, at)


def add_standing(
    store: Store, group_id: str, scored: tuple[str, dict[str, object]], rng: random.Random, at: str
) -> None:
    inputs, result = scored
    shown = json.loads(json.dumps(result))
    eligible = rng.randint(5, 20_000)
    screened = rng.randint(0, eligible)
    store.insert(
        "runs",
        {
            "id": group_id,
            "assessment_id": group_id,
            "number": 1,
            "kind": "claimed",
            "engine_version": "1",
            "instrument_sha256": QMER.sha256,
            "inputs_sha256": "",
            "inputs": inputs,
            "result": json.dumps(shown),
            "at": at,
        },
    )
    gates = [g["item"] for g in shown["gates"] if not g["met"]][:9]
    store.insert(
        "standings",
        {
            "group_id": group_id,
            "assessment_id": group_id,
            "is_newest": 1,
            "run_id": group_id,
            "run_kind": "claimed",
            "tier": shown["tier"],
            "provisional": int(shown["provisional"]),
            "limiting_factor": shown["limiting_factor"],
            "qms": shown["axes"]["QMS"]["low"],
            "eqr": shown["axes"]["EQR"]["low"],
            "domains": json.dumps({d: s["low"] for d, s in shown["domains"].items()}),
            "screened": screened,
            "eligible": eligible,
            "quarters": 4,
            "open_gates": json.dumps(gates),
            "changed_at": at,
        },
    )


def signed_in(store: Store, folder: Path) -> FlaskClient:
    app = create_app(Settings(folder, secret_key="x" * 32, is_demo=True, quick_hashing=True))
    app.config["CLOCK"] = world.Clock()
    world.start_session(store, "token", "pam", NOW)
    client = app.test_client()
    client.set_cookie(app.config["SIGN_IN_COOKIE"], "token")
    return client


def opened(client: FlaskClient, path: str) -> None:
    reply = client.get(path)
    assert reply.status_code == 200, reply.status


def recomputed(store: Store) -> None:
    """The way not taken: read every answer and find every group's tier for one page."""
    by_group: dict[str, dict[str, Answer]] = {}
    for row in store.rows("select assessment_id, item_id, level from answers"):
        by_group.setdefault(row["assessment_id"], {})[row["item_id"]] = Answer.at(row["level"])
    for answers in by_group.values():
        evaluate(QMER, answers)


def timed(work: Callable[[], object], times: int = REQUESTS) -> str:
    """Median and 99th percentile in milliseconds."""
    work()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(1_000 * (time.perf_counter() - began))
    worst = sorted(taken)[min(times - 1, int(0.99 * times))]
    return f"median {statistics.median(taken):,.1f} ms, p99 {worst:,.1f} ms of {times}"


def once(work: Callable[[], object]) -> str:
    began = time.perf_counter()
    work()
    return f"{time.perf_counter() - began:,.1f} s, once"
