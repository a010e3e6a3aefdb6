"""The one expression that counts a table of results, each patient once.

It is written once, in DuckDB's words; the program runs it as it stands, and a payer's warehouse in
its own words (sql_text). What decides (which result wins, what makes up a need, which strata there
are) is read from the domain's tables.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from readiness.counts.social_risk.models import FIVE, HOUSING_PARTS, Need
from readiness.counts.strata import STRATA, UNKNOWN, StratumType
from readiness.imports.screens.models import NOBODY, STATED, WHOLE, NeedResult, RecordStatus

TYPES = (
    StratumType.LANGUAGE,
    StratumType.RACE,
    StratumType.PAYER,
    StratumType.RACE_1997,
    StratumType.ETHNICITY,
    StratumType.AGE,
    StratumType.SEX,
)
STATED_KINDS = tuple(
    kind for kind in TYPES if kind is not StratumType.AGE
)  # as a word, not worked out
DERIVED = (Need.ANY, Need.ALL5)  # worked out of the others, for each patient
STATED_NEEDS = tuple(need for need in Need if need not in DERIVED)  # what a row may be about
PLACE = {result: place for place, result in enumerate(NeedResult, 1)}  # the lower wins
STATED_PLACE: dict[str, int] = {each: PLACE[each] for each in STATED}
CLEAR = PLACE[NeedResult.NEGATIVE]  # this place and the one before it are a clear answer
FOUR = tuple(need for need in FIVE if need is not Need.HOUSING)
ONLY_NO, NONE = 8, 9  # behind every place: nothing but "no" was said; nothing was asked
NUMBER = {need: number for number, need in enumerate(Need, 1)}
COLUMN_OF = {Need.HOUSING: "any_housing", Need.ANY: "any_need", Need.ALL5: "all_five"}  # made
TOTAL = 0  # the code of all patients together
TYPE_STEP, TURN_STEP = 100, 10_000  # larger than any stratum of a type; than any stratum at all
TYPE_CODE = {kind: TYPE_STEP * number for number, kind in enumerate(TYPES, 1)}


QUARTER = (
    "CAST(EXTRACT(YEAR FROM screened_on) AS INT) * 10"
    "\n      + CAST(EXTRACT(QUARTER FROM screened_on) AS INT)"
)
YEAR = "CAST(EXTRACT(YEAR FROM screened_on) AS INT) * 10"  # as a quarter 0


def tallies_query(
    standings: Mapping[str, RecordStatus],
    table: str,
    types: Collection[StratumType] = TYPES,
    period: str = QUARTER,
) -> str:
    """Patients per group, site, quarter, need and stratum, for each result; numbers stand for
    words, so that the parts of a large table can be added up."""
    chosen = tuple(kind for kind in TYPES if kind in types)
    steps = {
        "events": events(standings, table, chosen, period),
        "counted": counted(standings),
        "turns": TURNS,
        "people": people(chosen),
        "housed": housed(chosen),
        "fives": FIVES,
        "judged": JUDGED,
        "each_need": each_need(),
        "tallies": tallies(chosen),
    }
    return "WITH " + ",\n".join(f"{name} AS (\n{step}\n)" for name, step in steps.items())


def events(
    standings: Mapping[str, RecordStatus], table: str, types: Sequence[StratumType], period: str
) -> str:
    """Rows that say something, the newest of each question first. A held one says nothing yet."""
    heard = word_list(
        word for word, standing in standings.items() if standing is not RecordStatus.HELD
    )
    traits = "".join(f",\n    {case(kind, stratum_codes(kind))} AS {kind}" for kind in types)
    return f"""
  SELECT
    group_id, site_id, patient, screened_on, need, status, issued,
    version,
    {period} AS quarter,
    {case("result", STATED_PLACE)} AS place{traits},
    ROW_NUMBER() OVER (
      PARTITION BY group_id, patient, instrument, screened_on, need
      ORDER BY issued DESC NULLS LAST, version DESC NULLS LAST, result
    ) AS newest
  FROM {table}
  WHERE NOT patient IS NULL AND NOT screened_on IS NULL
    AND need IN ({word_list(STATED_NEEDS)}) AND result IN ({word_list(STATED)})
    AND (status IS NULL OR status IN ({heard}))"""


def counted(standings: Mapping[str, RecordStatus]) -> str:
    """The last word on a question stands; one that was entered in error leaves nothing."""
    gone = word_list(
        word for word, standing in standings.items() if standing is RecordStatus.DELETED
    )
    return f"  SELECT * FROM events WHERE newest = 1 AND (status IS NULL OR NOT status IN ({gone}))"


# A patient's screens of one quarter, the latest first; and those that name a site for themselves.
TURNS = """
  SELECT *,
    ROW_NUMBER() OVER (
      PARTITION BY group_id, patient, quarter
      ORDER BY screened_on DESC, issued DESC NULLS LAST, version DESC NULLS LAST, site_id
    ) AS turn,
    ROW_NUMBER() OVER (
      PARTITION BY group_id, patient, quarter
      ORDER BY CASE WHEN site_id IS NULL THEN 1 ELSE 0 END,
        screened_on DESC, issued DESC NULLS LAST, version DESC NULLS LAST, site_id
    ) AS site_turn
  FROM counted"""


def people(types: Sequence[StratumType]) -> str:
    """One row for a patient and quarter: the latest site and the latest stratum of each type that
    are known, and for each need the result that wins."""
    traits = [
        f"COALESCE(MIN(turn * {TURN_STEP} + {kind}) % {TURN_STEP}, {TYPE_CODE[kind]}) AS {kind}"
        for kind in types
    ]
    needs = [f"MIN(CASE WHEN need = '{need}' THEN place END) AS {need}" for need in STATED_NEEDS]
    return f"""
  SELECT
    group_id, patient, quarter,
    MAX(CASE WHEN site_turn = 1 THEN site_id END) AS site_id,
    {comma(traits + needs)}
  FROM turns
  GROUP BY group_id, patient, quarter"""


def housed(types: Sequence[StratumType]) -> str:
    """Housing is any of its parts. Race and ethnicity are one question since 2024."""
    traits = (
        f"{race_2024(types)} AS {kind}" if kind is StratumType.RACE else kind for kind in types
    )
    return f"""
  SELECT
    {comma(["group_id", "site_id", "quarter", *traits, *STATED_NEEDS])},
    {any_of((Need.HOUSING, *HOUSING_PARTS))} AS housed
  FROM people"""


def race_2024(types: Sequence[StratumType]) -> str:
    """Hispanic with a race is two or more; with none that is known, Hispanic alone."""
    if StratumType.ETHNICITY not in types:
        return StratumType.RACE.value
    race = {UNKNOWN: TYPE_CODE[StratumType.RACE], **stratum_codes(StratumType.RACE)}
    hispanic = f"ethnicity = {stratum_codes(StratumType.ETHNICITY)['hispanic']}"
    alone = ", ".join(str(race[name]) for name in (UNKNOWN, "declined", "other", "hispanic"))
    return (
        f"CASE WHEN {hispanic} AND race_omb2024 IN ({alone}) THEN {race['hispanic']}"
        f" WHEN {hispanic} THEN {race['multiple']} ELSE race_omb2024 END"
    )


def any_of(needs: Iterable[Need]) -> str:
    """One need is enough; "no" counts only when nothing else was said."""
    no = PLACE[NeedResult.NEGATIVE]
    weighed = (
        f"CASE WHEN {need} = {no} THEN {ONLY_NO} ELSE COALESCE({need}, {NONE}) END"
        for need in needs
    )
    return f"LEAST({', '.join(weighed)})"


def as_place(weighed: str) -> str:
    no = PLACE[NeedResult.NEGATIVE]
    return f"CASE {weighed} WHEN {ONLY_NO} THEN {no} WHEN {NONE} THEN NULL ELSE {weighed} END"


FIVES = f"""
  SELECT *,
    LEAST(housed, {any_of(FOUR)}) AS five,
    CASE WHEN housed IN ({PLACE[NeedResult.POSITIVE]}, {ONLY_NO}) THEN 1 ELSE 0 END
      + {" + ".join(f"CASE WHEN {need} <= {CLEAR} THEN 1 ELSE 0 END" for need in FOUR)} AS clear
  FROM housed"""

# `any`: a need among the five; partial when none was found and only some answers are clear.
# `all5`: a clear answer to each; incomplete when only to some.
JUDGED = f"""
  SELECT *,
    {as_place("housed")} AS any_housing,
    CASE
      WHEN clear > 0 AND five > {CLEAR} AND five < {ONLY_NO} THEN {PLACE[NeedResult.PARTIAL]}
      ELSE {as_place("five")}
    END AS any_need,
    CASE
      WHEN clear BETWEEN 1 AND {len(FIVE) - 1} THEN {PLACE[NeedResult.INCOMPLETE]}
      ELSE {as_place("five")}
    END AS all_five
  FROM fives"""


def each_need() -> str:
    """One row for a patient, quarter and need."""
    place = "".join(f" WHEN {number} THEN {COLUMN_OF.get(n, n)}" for n, number in NUMBER.items())
    return f"""
  SELECT judged.*, needs.number AS need, CASE needs.number{place} END AS place
  FROM judged CROSS JOIN ({rows(NUMBER.values())}) AS needs"""


def tallies(types: Sequence[StratumType]) -> str:
    """Each patient once among all, and once in one stratum of each type."""
    alike = "group_id, site_id, quarter, need"
    own = "".join(f" WHEN {TYPE_CODE[kind]} THEN {kind}" for kind in types)
    stratum = f"CASE kinds.number WHEN {TOTAL} THEN {TOTAL}{own} END"
    kinds = rows([TOTAL, *(TYPE_CODE[kind] for kind in types)])
    sums = (
        f"SUM(CASE WHEN place = {PLACE[each]} THEN 1 ELSE 0 END) AS {each}" for each in NeedResult
    )
    return f"""
  SELECT
    {alike}, {stratum} AS stratum,
    {comma(sums)}
  FROM each_need CROSS JOIN ({kinds}) AS kinds
  WHERE NOT place IS NULL
  GROUP BY {alike}, {stratum}"""


def cells() -> str:
    """The tallies in words."""
    types = {code: kind.value for kind, code in TYPE_CODE.items()}
    type_code = f"stratum - stratum % {TYPE_STEP}"
    return f"""
  SELECT
    COALESCE(group_id, '{NOBODY}') AS group_id, COALESCE(site_id, '{WHOLE}') AS site_id,
    SUBSTRING(CAST(quarter AS TEXT), 1, 4) || '-Q'
      || SUBSTRING(CAST(quarter AS TEXT), 5, 1) AS period,
    {in_words("need", {number: need.value for need, number in NUMBER.items()})} AS need,
    {in_words(type_code, {TOTAL: StratumType.TOTAL.value, **types})} AS stratum_type,
    {in_words("stratum", STRATUM_WORDS)} AS stratum,
    {", ".join(NeedResult)}
  FROM tallies"""


def stratum_codes(kind: StratumType) -> dict[str, int]:
    known = (name for name in STRATA[kind] if name != UNKNOWN)
    return {name: TYPE_CODE[kind] + place for place, name in enumerate(known, 1)}


STRATUM_WORDS = {TOTAL: StratumType.TOTAL.value} | {
    code: name
    for kind in TYPES
    for name, code in {UNKNOWN: TYPE_CODE[kind], **stratum_codes(kind)}.items()
}


def case(column: str, numbers: Mapping[str, int] | Mapping[NeedResult, int]) -> str:
    return f"CASE {column}" + "".join(f" WHEN '{w}' THEN {n}" for w, n in numbers.items()) + " END"


def in_words(column: str, words: Mapping[int, str]) -> str:
    return f"CASE {column}" + "".join(f" WHEN {n} THEN '{w}'" for n, w in words.items()) + " END"


def rows(numbers: Iterable[int]) -> str:
    return " UNION ALL ".join(f"SELECT {number} AS number" for number in numbers)


def word_list(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def comma(columns: Iterable[str]) -> str:
    return ",\n    ".join(columns)
