"""`flask equity`: JSON alone on stdout, sentences on stderr, and how it ends."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from readiness.cli.equity import equity
from readiness.statistics.beta_binomial import Prior, shrink

HEADER = "group_id,period,measure,stratum_type,stratum,numerator,denominator"
WHITE, BLACK = "g,2026,COL,race,white,300,400", "g,2026,COL,race,black,120,200"
GOOD = "\n".join((HEADER, WHITE, BLACK))


def run(*given, sent=GOOD):
    return CliRunner().invoke(equity, ["-", *given], input=sent)


def race_in(ended):
    measures = json.loads(ended.stdout)["measures"]
    return next(each for each in measures if each["stratum_type"] == "race")


def test_it_prints_json_alone_in_the_agreed_form():
    ended = run("--reference", "race=white", "--json")
    assert (ended.exit_code, ended.stderr) == (0, "")
    race = race_in(ended)
    assert {"measure", "period", "group_id", "stratum_type", "strata", "reference", "gaps", "spread", "change"} <= race.keys()  # fmt: skip  # noqa: E501
    assert race["strata"][0].keys() == {"stratum", "numerator", "denominator", "rate", "low", "high", "use"}  # fmt: skip  # noqa: E501
    assert {"stratum", "difference", "low", "high", "to_close", "detectable", "reliability", "use"} <= race["gaps"][0].keys()  # fmt: skip  # noqa: E501
    assert {"bgv_corrected", "bgsd_points", "chi2", "df", "p"} <= race["spread"].keys()


def test_a_primary_gap_is_named_before_and_one_that_is_not_there_is_told():
    given = ("--reference", "race=white", "--primary", "COL:black")
    ended = run(*given, "--primary", "COL:green")
    assert (ended.exit_code, ended.stderr) == (
        0,
        "No gap could be tested for --primary number 2: it changes nothing.\n",
    )
    assert race_in(ended)["gaps"][0]["is_primary"] is True
    assert json.loads(ended.stdout)["families"][0]["primary"] == 1


PRIOR: dict[str, Any] = {
    "name": "Colorectal screening 2025",
    "source": "A payer",
    "made_on": "2026-03-01",
    "rates": [
        {"measure": "COL", "stratum_type": "race", "stratum": "black", "alpha": 12.5, "beta": 7.5}
    ],
}


def with_prior(tmp_path, prior):
    file = tmp_path / "prior.json"
    file.write_text(json.dumps(prior))
    return run("--reference", "race=white", "--prior", str(file))


def test_a_prior_that_is_given_is_named_and_rates_are_drawn_toward_it(tmp_path):
    ended = with_prior(tmp_path, PRIOR)
    assert (ended.exit_code, ended.stderr) == (0, "")
    named = json.loads(ended.stdout)["prior"]
    assert [named[key] for key in ("name", "source", "made_on")] == list(PRIOR.values())[:3]
    assert "'Colorectal screening 2025' (A payer, 2026-03-01)" in named["says"]
    white, black = race_in(ended)["strata"]
    expected = shrink(Prior(12.5, 7.5), 120, 200)
    assert "shrunken" not in white
    assert black["shrunken"] == {
        "rate": expected.mean,
        "low": expected.low,
        "high": expected.high,
        "weight": 200 / 220,
        "prior": "declared",
    }


def test_every_problem_of_a_prior_is_told_and_one_for_nobody_is_noticed(tmp_path):
    rate = PRIOR["rates"][0]
    ended = with_prior(tmp_path, {**PRIOR, "made_on": "summer", "rates": [{**rate, "beta": 0}]})
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "made_on" in ended.stderr
    assert "beta" in ended.stderr
    ended = with_prior(tmp_path, {**PRIOR, "rates": [rate, rate]})
    assert "has a prior already" in ended.stderr
    ended = with_prior(tmp_path, {**PRIOR, "rates": [{**rate, "stratum": "green"}]})
    assert ended.exit_code == 0
    assert "rate number 1 of --prior: it changes nothing" in ended.stderr


def test_patients_in_no_stratum_count_as_those_in_a_row_of_unknown():
    """300 of 1,000 patients stand in no row of g1, and in a row of g2."""
    listed = ["total,total,560,1000", "race,white,300,500", "race,black,100,200"]
    lines = [f"{group},2026,COL,{each}" for group in ("g1", "g2") for each in listed]
    sent = "\n".join((HEADER, *lines, "g2,2026,COL,race,unknown,160,300"))
    found = json.loads(run("--reference", "race=white", sent=sent).stdout)["measures"]
    one, other = (each for each in found if each["stratum_type"] == "race")
    assert one["gaps"][0]["could_flip"] is True
    same = one.keys() - {"group_id", "strata"}
    assert {key: one[key] for key in same} == {key: other[key] for key in same}


def test_without_a_reference_there_is_no_gap_and_it_says_so():
    ended = run()
    assert ended.exit_code == 0
    assert "no gap was computed" in ended.stderr
    assert race_in(ended)["gaps"] == []


def test_where_less_is_better_the_higher_rate_is_behind():
    ended = run("--reference", "race=white", "--direction", "COL=lower")
    assert race_in(ended)["gaps"][0]["to_close"] == 0
    ended = run("--reference", "race=black", "--direction", "COL=lower")
    assert race_in(ended)["gaps"][0]["to_close"] == pytest.approx(60)


def test_periods_of_one_kind_make_a_change():
    before = [line.replace("2026", "2025").replace("120", "100") for line in (WHITE, BLACK)]
    ended = run("--reference", "race=white", sent="\n".join((HEADER, *before, WHITE, BLACK)))
    found = json.loads(ended.stdout)["measures"]
    later = next(e for e in found if e["period"] == "2026" and e["stratum_type"] == "race")
    assert later["change"][1]["since"] == "2025"
    assert later["change"][1]["gap"]["difference"] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([WHITE.replace("300", "500")], ["line 2: numerator is larger"]),
        ([WHITE, WHITE], ["line 3: This row stands in line 2"]),
        ([WHITE.replace("300", "3.5"), BLACK.replace("g,", ",")], ["line 2", "line 3"]),
        ([WHITE.replace("2026", "summer")], ["line 2: period"]),
        ([], ["no rows"]),
    ],
)
def test_every_problem_is_told_by_its_line_and_nothing_is_printed(lines, says):
    ended = run(sent="\n".join((HEADER, *lines)))
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert all(each in ended.stderr for each in says)


def test_unknown_and_missing_columns_are_refused():
    ended = run(sent=GOOD.replace("numerator", "positive"))
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "Column 6" in ended.stderr
    assert "'numerator' is missing" in ended.stderr


@pytest.mark.parametrize(
    "given",
    [
        ("--reference", "white"),
        ("--reference", "race=white", "--reference", "race=black"),
        ("--direction", "COL=sideways"),
        ("--direction", "COL"),
        ("--primary", "COL"),
    ],
)
def test_an_option_that_cannot_be_read_is_refused(given):
    ended = run(*given)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert given[0] in ended.stderr


def test_there_is_no_way_to_raw_numbers():
    assert run("--raw").exit_code == 2
    assert run("--threshold", "1").exit_code == 2


def test_each_split_stands_beside_the_rules_of_accreditors():
    rows = [
        f"g,2026,COL,race_omb2024,{name},300,400"
        for name in ("aian", "asian", "black", "hispanic", "mena", "nhpi", "white")
    ]
    found = json.loads(run(sent="\n".join((HEADER, *rows))).stdout)["alignment"]
    verdicts = {each["id"]: each["verdict"] for each in found["measures"][0]["rules"]}
    assert found["rules"] == "2026.1"
    assert verdicts["omb-2024"] == verdicts["cms-cells"] == "aligned with"
    assert verdicts["omb-1997"] == "not aligned with"
    assert verdicts["joint-commission"] == "cannot be told"
    assert "alignment" not in json.loads(run().stdout)["measures"][0]
