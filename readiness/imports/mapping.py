"""Mapping files: what a table's or form's own names mean. TOML, written once per source.

A file is refused with everything wrong with it at once, each with its place in it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from readiness.core.errors import BadInput, Problem
from readiness.counts.social_risk.models import Need
from readiness.imports.dates import DateOrder
from readiness.imports.mapping_models import (
    COLUMN_CHARACTERS,
    MADE_BY_US,
    NEEDED,
    OF_REFERRALS,
    OVER_ALL,
    RESULTS,
    ROLES,
    TRAITS,
    Answers,
    AnyMapping,
    ColumnRole,
    DiagnosisMapping,
    FormMapping,
    LongMapping,
    MappedField,
    MappingShape,
    RedcapMapping,
    ReferralMapping,
    VisitMapping,
    is_heading_text,
    plain,
)
from readiness.imports.referrals.models import Outcome
from readiness.imports.screening_codes.models import NONE_OF_THESE, CodeTable, ResourceType
from readiness.imports.screens.models import STATED, Absent, NeedResult, RecordStatus, ScreenAnswer

MOST_CHARACTERS = 256 * 1024
ANSWER = re.compile(r"LA[0-9]{1,7}-[0-9]")
NO_QUESTION = "The code tables have no such question. Use its LOINC code, or ignore it."
KEYS = {
    MappingShape.LONG: (
        "shape instrument dates sheet ignore columns questions answers numbers needs results "
        "statuses flags values"
    ).split(),
    MappingShape.REDCAP: (
        "shape instrument dates sheet ignore columns fields results statuses values"
    ).split(),
    MappingShape.FHIR: "shape instrument questions answers questionnaires ignore".split(),
    MappingShape.VISITS: "shape dates sheet ignore columns values".split(),
    MappingShape.DIAGNOSES: "shape dates sheet ignore columns values".split(),
    MappingShape.REFERRALS: "shape dates sheet ignore columns needs outcomes values".split(),
}
WIDE = "wide"  # another word for the shape of REDCap's exports
FIELD_KEYS = ("question", "answers", "number", "need", "results", "about")
COMPUTED = (ColumnRole.BORN, ColumnRole.AGE)  # read as they are, never mapped
VALUED = tuple(
    role for role in (ColumnRole.GROUP, ColumnRole.SITE, *TRAITS) if role not in COMPUTED
)
YES_OR_NO = (ColumnRole.WANTS_HELP, ColumnRole.REFERRED, ColumnRole.RESOLVED)
OUTCOMES = {outcome.value: outcome for outcome in Outcome}
NEEDS = {need.value: need for need in Need if need not in MADE_BY_US}
Choice = TypeVar("Choice")
ABSENT = {reason.value: reason for reason in Absent}
IGNORED = "ignore"  # in place of an instrument: this form is passed over
NONE = "none"  # of the choices that a question offers


def parse(text: str, codes: CodeTable) -> AnyMapping:
    if len(text) > MOST_CHARACTERS:
        raise BadInput("This mapping is too long. Map only the columns that hold screens.")
    reader = MappingReader(parse_toml(text), codes)
    made = reader.mapping()
    if reader.problems or made is None:
        raise BadInput(sorted(set(reader.problems)))
    return made


def parse_toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        found = re.search(r"line ([0-9]+)", str(error))
        place = f"line {found[1]}" if found else ""
        says = "This mapping cannot be read here. Compare it with an example."
        raise BadInput([Problem(place, says)]) from None


class MappingReader:
    """Takes one parsed file apart and notes everything wrong with it."""

    def __init__(self, found: Mapping[str, Any], codes: CodeTable) -> None:
        self.found = found
        self.codes = codes
        self.problems: list[Problem] = []

    def problem(self, place: str, says: str) -> None:
        self.problems.append(Problem(place, says))

    def mapping(self) -> AnyMapping | None:
        try:
            named = self.found.get("shape", "")
            shape = MappingShape.REDCAP if named == WIDE else MappingShape(named)
        except ValueError:
            self.problem("shape", f"Choose one of: {', '.join(MappingShape)}.")
            return None
        for name in self.found.keys() - set(KEYS[shape]):
            self.problem(name, f"Take it out, or use one of: {', '.join(KEYS[shape])}.")
        made_by: dict[MappingShape, Callable[[], AnyMapping]] = {
            MappingShape.FHIR: self.form,
            MappingShape.LONG: self.long,
            MappingShape.REDCAP: self.redcap,
            MappingShape.VISITS: self.visits,
            MappingShape.DIAGNOSES: self.diagnoses,
            MappingShape.REFERRALS: self.referrals,
        }
        return made_by[shape]()

    def long(self) -> LongMapping:
        shared = self.shared(MappingShape.LONG)
        self.needs_a_pair(shared["columns"])
        return LongMapping(
            **shared,
            questions=self.questions("questions", self.texts("questions")),
            answers=self.all_answers(),
            numbers=frozenset(self.known_questions("numbers", self.names("numbers"))),
            needs=self.needs("needs", self.texts("needs")),
            results=self.results("results", self.texts("results")),
            flags=self.flags(),
        )

    def redcap(self) -> RedcapMapping:
        shared = self.shared(MappingShape.REDCAP)
        fields = self.table("fields")
        if not fields:
            self.problem("fields", "Name the columns that hold questions, each with its question.")
        texts = self.texts("results")
        judged = {text: result for text, result in texts.items() if result != Absent.NOT_ASKED}
        return RedcapMapping(
            **shared,
            fields={name: self.field(f"fields.{name}", of) for name, of in fields.items()},
            patient_parts=self.patient_parts(),
            results=self.results("results", judged),
            blanks=frozenset(plain(text) for text in texts.keys() - judged.keys()),
        )

    def patient_headings(self) -> list[str] | None:
        """The headings of a patient that several columns tell apart; None where one does."""
        of = self.table("columns").get(ColumnRole.PATIENT)
        return of if isinstance(of, list) else None

    def patient_parts(self) -> tuple[str, ...]:
        return tuple(str(name).strip() for name in (self.patient_headings() or ())[1:])

    def visits(self) -> VisitMapping:
        return VisitMapping(**self.shared(MappingShape.VISITS))

    def diagnoses(self) -> DiagnosisMapping:
        return DiagnosisMapping(**self.shared(MappingShape.DIAGNOSES))

    def referrals(self) -> ReferralMapping:
        shared = self.shared(MappingShape.REFERRALS)
        steps = OF_REFERRALS - {ColumnRole.SCREENED}
        if not shared["columns"].keys() & steps:
            self.problem("columns", f"Name one or more of: {', '.join(sorted(steps))}.")
        says = f"Use one of: {', '.join(OUTCOMES)}."
        return ReferralMapping(
            **shared,
            needs=self.needs("needs", self.texts("needs")),
            outcomes=self.choices("outcomes", self.texts("outcomes"), OUTCOMES, says),
        )

    def form(self) -> FormMapping:
        named = self.texts("questionnaires")
        forms = {name: of for name, of in named.items() if of != IGNORED}
        for name, instrument in forms.items():
            self.known_instrument(f"questionnaires.{name}", instrument)
        if not self.found.keys() & {"questions", "answers", "questionnaires", "ignore"}:
            self.problem("questions", "Name the link ids, each with its question.")
        return FormMapping(
            MappingShape.FHIR,
            instrument=self.instrument(),
            questions=self.form_questions(),
            answers=self.all_answers(),
            instruments=forms,
            ignore=(*self.names("ignore"), *(name for name in named if name not in forms)),
        )

    def form_questions(self) -> dict[str, dict[str, str]]:
        """Link ids of every form that is named, and those under a form's address for it alone."""
        shared, own = self.nested("questions")
        found = {OVER_ALL: self.texts_in("questions", shared)}
        found |= {form: self.texts_in(f"questions.{form}", of) for form, of in own.items()}
        for form, texts in found.items():
            self.questions(f"questions.{form}".rstrip("."), texts)
        return found

    # What the tables have in common

    def shared(self, shape: MappingShape) -> dict[str, Any]:
        return {
            "shape": shape,
            "columns": self.columns(shape),
            "instrument": self.instrument(),
            "dates": self.dates(),
            "sheet": self.sheet(),
            "ignore": self.ignored(),
            "statuses": self.statuses(),
            "values": self.values(YES_OR_NO if shape is MappingShape.REFERRALS else VALUED),
        }

    def columns(self, shape: MappingShape) -> dict[ColumnRole, str]:
        found: dict[ColumnRole, str] = {}
        allowed = ROLES[shape]
        for name, column in self.texts_in("columns", self.single_columns(shape)).items():
            if name not in allowed:
                self.problem(f"columns.{name}", f"Use one of: {', '.join(sorted(allowed))}.")
            elif not is_heading_text(column):
                self.problem(f"columns.{name}", "Give the heading of the column.")
            else:
                found[ColumnRole(name)] = column.strip()
        for role in NEEDED[shape]:
            if role not in found:
                self.problem(f"columns.{role}", f"Name the column of the {role}.")
        return found

    def single_columns(self, shape: MappingShape) -> Mapping[str, Any]:
        """Each role with one heading: of several that tell patients apart the first."""
        columns, headings = self.table("columns"), self.patient_headings()
        if headings is None or shape is not MappingShape.REDCAP:
            return columns
        if not headings or not all(is_heading_text(each) for each in headings):
            self.problem("columns.patient", "Give the headings of the columns.")
            return columns | {ColumnRole.PATIENT: "patient"}
        return columns | {ColumnRole.PATIENT: headings[0]}

    def sheet(self) -> str:
        of = self.found.get("sheet", "")
        if isinstance(of, str) and len(of) <= COLUMN_CHARACTERS:
            return of.strip()
        self.problem("sheet", "Give the name of the sheet.")
        return ""

    def needs_a_pair(self, columns: Mapping[ColumnRole, str]) -> None:
        pairs = ({ColumnRole.QUESTION, ColumnRole.ANSWER}, {ColumnRole.NEED, ColumnRole.RESULT})
        chosen = [pair for pair in pairs if pair & columns.keys()]
        if len(chosen) != 1 or not chosen[0] <= columns.keys():
            self.problem(
                "columns", "Name either question and answer, or need and result: both of one pair."
            )

    def instrument(self) -> str:
        return self.known_instrument("instrument", self.found.get("instrument", ""))

    def known_instrument(self, place: str, instrument: Any) -> str:
        if instrument and instrument not in list(self.codes.instruments):
            self.problem(place, f"Use one of: {', '.join(self.codes.instruments)}; or leave out.")
            return ""
        return str(instrument)

    def dates(self) -> DateOrder:
        try:
            return DateOrder(self.found.get("dates", DateOrder.MONTH_FIRST))
        except ValueError:
            self.problem("dates", f"Choose one of: {', '.join(DateOrder)}.")
            return DateOrder.MONTH_FIRST

    def ignored(self) -> tuple[str, ...]:
        names = self.names("ignore")
        for at, name in enumerate(names, start=1):
            if not name.rstrip("*") or "*" in name[:-1]:
                self.problem(f"ignore, {at}", "Name a column, or its beginning and then one *.")
        return names

    def statuses(self) -> dict[str, str]:
        found = {}
        for name, status in self.texts("statuses").items():
            if standing_of(self.codes, status) is None:
                known = sorted({each for of in self.codes.standings.values() for each in of})
                self.problem(f"statuses.{name}", f"Use one of: {', '.join(known)}.")
            found[plain(name)] = status
        return found

    def values(self, allowed: Sequence[ColumnRole]) -> dict[ColumnRole, dict[str, str]]:
        found: dict[ColumnRole, dict[str, str]] = {}
        for name, of in self.table("values").items():
            if name not in allowed:
                self.problem(f"values.{name}", f"Use one of: {', '.join(allowed)}.")
            else:
                texts = self.texts_in(f"values.{name}", of)
                found[ColumnRole(name)] = {plain(text): value for text, value in texts.items()}
        return found

    # Questions, answers, needs, results

    def field(self, place: str, of: Any) -> MappedField:
        if not isinstance(of, dict):
            self.problem(place, "Give it a question with its answers, or a need with its results.")
            return MappedField()
        for name in of.keys() - set(FIELD_KEYS):
            self.problem(f"{place}.{name}", f"Use one of: {', '.join(FIELD_KEYS)}.")
        if ("question" in of) == ("need" in of):
            self.problem(place, "Give it either a question or a need.")
            return MappedField()
        if "need" in of:
            need = of["need"] if isinstance(of["need"], str) else ""
            needs = self.needs(f"{place}.need", {"": need})
            texts = self.texts_in(f"{place}.results", of.get("results", {}))
            if "about" in of:
                return self.beside(place, of["about"], needs.get(""), texts)
            results = self.results(f"{place}.results", texts)
            return MappedField(need=needs.get(""), results=results)
        question = "".join(self.known_questions(f"{place}.question", (of["question"],)))
        is_number = of.get("number", False)
        if not isinstance(is_number, bool):
            self.problem(f"{place}.number", "Write true or false.")
        texts = self.texts_in(f"{place}.answers", of.get("answers", {}))
        answers = self.answers(f"{place}.answers", texts, question)
        return MappedField(question, answers, is_number is True or self.codes.is_counted(question))

    def beside(
        self, place: str, about: Any, need: Need | None, texts: Mapping[str, str]
    ) -> MappedField:
        """A column of what followed a need, beside the screen that found it."""
        allowed = sorted(OF_REFERRALS - {ColumnRole.SCREENED})
        if about not in allowed:
            self.problem(f"{place}.about", f"Use one of: {', '.join(allowed)}.")
            return MappedField(need=need)
        words = {plain(text): word for text, word in texts.items()}
        return MappedField(need=need, about=ColumnRole(about), words=words)

    def questions(self, place: str, texts: Mapping[str, str]) -> dict[str, str]:
        for name, question in texts.items():
            self.known_questions(f"{place}.{name}", (question,))
        return {plain(name): question for name, question in texts.items()}

    def known_questions(self, place: str, questions: Iterable[Any]) -> list[str]:
        known = [each for each in questions if isinstance(each, str) and self.codes.knows(each)]
        if len(known) < len(list(questions)):
            self.problem(place, NO_QUESTION)
        return known

    def all_answers(self) -> dict[str, Answers]:
        """Those for every question, and those under the code of a question for it alone."""
        found: dict[str, Answers] = {}
        shared, own = self.nested("answers")
        for name, of in own.items():
            place = f"answers.{name}"
            for question in self.known_questions(place, (name,)):
                found[question] = self.answers(place, self.texts_in(place, of), question)
        found[OVER_ALL] = self.answers("answers", self.texts_in("answers", shared), OVER_ALL)
        return found

    def answers(
        self, place: str, texts: Mapping[str, str], question: str
    ) -> dict[str, ScreenAnswer]:
        found: dict[str, ScreenAnswer] = {}
        asked = self.codes.questions_by_code.get(question, ())
        belonging = {code for each in asked for code in each.answers}
        for text, written in texts.items():
            code = NONE_OF_THESE if written == NONE else written
            if code in ABSENT:
                found[plain(text)] = ScreenAnswer(absent=ABSENT[code])
            elif not ANSWER.fullmatch(code):
                self.problem(
                    f"{place}.{text}", f"Use an answer code (LA33-6), {NONE}, {either_of(ABSENT)}."
                )
            elif belonging and code not in belonging and self.codes.absent_for(code) is None:
                self.problem(f"{place}.{text}", "That answer does not belong to this question.")
            else:
                absent = self.codes.absent_for(code)
                found[plain(text)] = (
                    ScreenAnswer(absent=absent) if absent else ScreenAnswer(code=code)
                )
        return found

    def needs(self, place: str, texts: Mapping[str, str]) -> dict[str, Need]:
        return self.choices(place, texts, NEEDS, f"Use one of: {', '.join(NEEDS)}.")

    def results(self, place: str, texts: Mapping[str, str]) -> dict[str, NeedResult]:
        return self.choices(place, texts, RESULTS, f"Use one of: {', '.join(STATED)}.")

    def choices(
        self, place: str, texts: Mapping[str, str], allowed: Mapping[str, Choice], says: str
    ) -> dict[str, Choice]:
        for name in (name for name, text in texts.items() if text not in allowed):
            self.problem(f"{place}.{name}".rstrip("."), says)
        return {plain(name): allowed[text] for name, text in texts.items() if text in allowed}

    def flags(self) -> dict[str, bool]:
        found: dict[str, bool] = {}
        for name, flag in self.table("flags").items():
            if isinstance(flag, bool):
                found[plain(name)] = flag
            else:
                self.problem(f"flags.{name}", "Write true or false.")
        return found

    # Shapes within the file

    def table(self, name: str) -> dict[str, Any]:
        of = self.found.get(name, {})
        if isinstance(of, dict):
            return of
        self.problem(name, f"Write it as a table: [{name}].")
        return {}

    def nested(self, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The entries of a table, and the tables within it."""
        table = self.table(name)
        own = {key: of for key, of in table.items() if isinstance(of, dict)}
        return {key: of for key, of in table.items() if key not in own}, own

    def texts(self, name: str) -> dict[str, str]:
        return self.texts_in(name, self.table(name))

    def texts_in(self, place: str, of: Any) -> dict[str, str]:
        if not isinstance(of, dict):
            self.problem(place, "Write it as a table of texts.")
            return {}
        for name in (name for name, value in of.items() if not isinstance(value, str)):
            self.problem(f"{place}.{name}", "Put the value in quotation marks.")
        return {name: value for name, value in of.items() if isinstance(value, str)}

    def names(self, name: str) -> tuple[str, ...]:
        of = self.found.get(name, [])
        if isinstance(of, list) and all(isinstance(each, str) for each in of):
            return tuple(each.strip() for each in of)
        self.problem(name, f'Write it as a list of texts: {name} = ["…"].')
        return ()


def either_of(table: Mapping[str, object]) -> str:
    """
    >>> either_of({"a": 1, "b": 2, "c": 3})
    'a, b or c'
    """
    *first, last = table
    return f"{', '.join(first)} or {last}"


def standing_of(codes: CodeTable, status: str) -> RecordStatus | None:
    """Tables mix the words for single answers and for forms."""
    word = "-".join(status.replace("_", " ").replace("-", " ").casefold().split())
    return codes.standing(ResourceType.OBSERVATION, word) or codes.standing(ResourceType.FORM, word)
