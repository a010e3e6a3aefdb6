"""Who gets a document at once, who waits where and for how long, and whose turn it is."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from readiness.accounts.db import people
from readiness.core.db import Session, Store
from readiness.core.errors import NotFound, NotPrinted
from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import LOST_AFTER, Job, JobState
from readiness.core.pdf.folder import folder_of
from readiness.core.pdf.job import Enclosure, PrintJob
from readiness.core.printing import service as printing
from readiness.core.printing.service import HELD, MOST, MOST_OF_ONE, PrintQueue, PrintRequest
from tests.factories.waiting import PATIENCE, until
from tests.factories.world import NOW

SOON = NOW + timedelta(seconds=1)


class Press:
    """In place of the printer: it prints when it is let, and remembers what."""

    def __init__(self) -> None:
        self.printed: list[str] = []
        self.at_work = threading.Event()
        self.may = threading.Event()
        self.fault = ""

    def pdf_of(self, job, is_wanted):
        self.at_work.set()
        while not self.may.wait(0.01):
            is_wanted()
        self.printed.append(job.html)
        if self.fault:
            raise NotPrinted(self.fault)
        return b"%PDF " + job.html.encode()


@pytest.fixture
def press():
    return Press()


@pytest.fixture
def let(press):
    press.may.set()
    return press


@pytest.fixture(autouse=True)
def nothing_outlives_its_test(store, press):
    yield
    press.may.set()
    until(lambda: not any(each.name.startswith("job ") for each in threading.enumerate()))


@pytest.fixture
def patient(store):
    return PrintQueue(store.path, PATIENCE)


@pytest.fixture
def hasty(store):
    return PrintQueue(store.path, 0)


@pytest.fixture
def ask(store, press):
    numbers = iter(range(1000))

    def asked(queue, words="a plan", person_id="pam", now=NOW):
        session = Session(store, people.actor(store, person_id), now)
        document = PrintJob(words, b"1", NOW)
        return queue.ask(PrintRequest(session, document, press, lambda: now, f"j{next(numbers)}"))

    return asked


def session_of(store, person_id, now=NOW):
    return Session(store, people.actor(store, person_id), now)


def over(store, job):
    return until(lambda: not (now := jobs.get(store, job.id)).is_live and now)


def test_who_may_wait_gets_the_document_at_once(patient, ask, let):
    assert ask(patient) == b"%PDF a plan"


def test_a_document_at_hand_is_not_printed_again(patient, hasty, ask, let):
    ask(patient)
    assert ask(hasty) == b"%PDF a plan"
    assert ask(patient, person_id="pete") == b"%PDF a plan"
    assert let.printed == ["a plan"]


def test_another_word_makes_another_document(patient, ask, let):
    ask(patient)
    assert ask(patient, "a plan ") == b"%PDF a plan "


def test_after_its_patience_a_request_is_told_of_the_job_and_another_process_too(
    store, hasty, ask, press
):
    job = ask(hasty)
    press.at_work.wait(PATIENCE)
    assert ask(PrintQueue(store.path, 0)).id == job.id
    press.may.set()
    assert over(store, job).state is JobState.DONE
    assert ask(PrintQueue(store.path, 0)) == b"%PDF a plan"
    assert press.printed == ["a plan"]


def test_one_request_waits_and_the_next_one_is_told_at_once(store, patient, ask, press):
    def wait():
        with closing(Store(store.path)) as its_own:
            session = Session(its_own, people.actor(its_own, "pete"), NOW)
            document = PrintJob("first", b"1", NOW)
            found.append(patient.ask(PrintRequest(session, document, press, lambda: NOW, "first")))

    found: list[bytes | Job] = []
    waiting = threading.Thread(target=wait)
    waiting.start()
    press.at_work.wait(PATIENCE)
    assert isinstance(ask(patient, "second"), Job)
    press.may.set()
    waiting.join()
    assert found == [b"%PDF first"]


def test_two_requests_put_a_document_together_and_a_third_has_no_seat(patient):
    with patient.seat() as one, patient.seat() as two, patient.seat() as three:
        assert (one, two, three) == (True, True, False)
    with patient.seat() as again:
        assert again


def test_people_take_turns(store, hasty, ask, press):
    last = [ask(hasty, f"pam {n}") for n in range(10)][-1]
    ask(hasty, "pete 0", "pete")
    ask(hasty, "pete 1", "pete")
    press.may.set()
    over(store, last)
    order = press.printed
    assert order[:5] == ["pam 0", "pete 0", "pam 1", "pete 1", "pam 2"]
    assert order[5:] == [f"pam {n}" for n in range(3, 10)]


def test_one_person_cannot_fill_the_queue(store, hasty, ask):
    for n in range(MOST_OF_ONE):
        ask(hasty, f"pam {n}")
    with pytest.raises(NotPrinted, match="for you already"):
        ask(hasty, "one more")
    with pytest.raises(NotPrinted, match="for you already"):
        ask(PrintQueue(store.path, 0), "one more, of the other process")
    assert isinstance(ask(hasty, "of somebody else", "pete"), Job)
    cancel_all(store)


def test_a_full_queue_says_so(store, hasty, ask):
    for n in range(MOST):
        jobs.ask(store, Job(f"of-{n}", printing.KIND, f"person {n // 9}", NOW, NOW))
    with pytest.raises(NotPrinted, match="Ask for yours again in a minute"):
        ask(hasty)
    assert jobs.latest_of_person(store, "pam", PrintJob("a plan", b"1", NOW).fingerprint) is None


def test_those_whose_process_ended_fill_no_queue(store, patient, ask, let):
    for n in range(MOST):
        jobs.ask(store, Job(f"of-{n}", printing.KIND, "pam", NOW, NOW))
    later = NOW + LOST_AFTER + timedelta(seconds=1)
    assert ask(patient, now=later) == b"%PDF a plan"


def cancel_all(store):
    with store.writing():
        store.execute("update jobs set state = 'canceled', ended_at = asked_at")


def test_what_cannot_be_printed_is_a_sentence_and_is_not_tried_again_at_once(patient, ask, let):
    let.fault = "This took too long."
    for _ in range(2):
        with pytest.raises(NotPrinted, match="too long"):
            ask(patient)
    assert let.printed == ["a plan"]
    let.fault = ""
    assert ask(patient, now=NOW + HELD) == b"%PDF a plan"


def test_a_printing_whose_process_ended_begins_anew(store, patient, ask, let):
    name = PrintJob("a plan", b"1", NOW).fingerprint
    jobs.ask(store, Job("lost", printing.KIND, "pam", NOW, NOW, result_id=name))
    later = NOW + LOST_AFTER + timedelta(seconds=1)
    assert ask(patient, now=later) == b"%PDF a plan"
    assert jobs.get(store, "lost").says == jobs.LOST


def test_it_can_be_stopped_at_work_and_before(store, hasty, ask, press):
    first, second = ask(hasty, "first"), ask(hasty, "second")
    press.at_work.wait(PATIENCE)
    for job in (second, first):
        printing.stop(session_of(store, "pam"), job.id)
        assert not printing.progress(session_of(store, "pam"), job.id).job.is_live
    until(lambda: not any(each.name.startswith("job ") for each in threading.enumerate()))
    assert press.printed == []
    press.may.set()
    assert isinstance(ask(hasty, "first"), Job)


def test_nobody_follows_or_stops_another_s(store, hasty, ask):
    job = ask(hasty)
    jobs.ask(store, Job("other", "upload", "pam", NOW, NOW))
    for person_id, print_id in (("pete", job.id), ("pam", "other"), ("pam", "none")):
        with pytest.raises(NotFound):
            printing.progress(session_of(store, person_id), print_id)
        with pytest.raises(NotFound):
            printing.stop(session_of(store, person_id), print_id)
    assert jobs.get(store, job.id).is_live


def test_a_document_that_cannot_be_kept_is_handed_to_who_waits_for_it(store, patient, ask, let):
    folder_of(store.path).path.write_text("in the way")
    assert ask(patient) == b"%PDF a plan"


def test_a_document_that_cannot_be_kept_is_a_sentence_for_everybody_else(store, hasty, ask, press):
    folder_of(store.path).path.write_text("in the way")
    job = ask(hasty)
    press.may.set()
    assert "administrator for room" in over(store, job).says
    with pytest.raises(NotPrinted, match="administrator for room"):
        ask(hasty)


def test_where_no_job_can_be_stored_who_has_the_seat_gets_the_document(store, patient, ask, let):
    store.path = store.path / "not a folder"  # no writer's lock can be had there
    assert ask(patient) == b"%PDF a plan"
    with patient._waiting, pytest.raises(NotPrinted, match="one at a time"):
        ask(patient, "another")


def test_what_is_over_is_forgotten_after_a_day(store, patient, ask, let):
    ask(patient)
    tomorrow = NOW + printing.RETENTION + timedelta(seconds=1)
    jobs.ask(store, Job("old upload", "upload", "pam", NOW, NOW))
    jobs.end(store, "old upload", JobState.DONE, "", NOW)
    ask(patient, "another", now=tomorrow)
    kinds = [(row["id"], row["kind"]) for row in store.rows("select * from jobs order by asked_at")]
    assert kinds == [("old upload", "upload"), ("j1", "print")]


def test_every_part_of_a_document_is_in_its_fingerprint():
    document = PrintJob("words", b"1", NOW)
    changes = (
        {"html": "word"},
        {"identifier": b"s1"},
        {"made_at": SOON},
        {"page": "A4"},
        {"pages": 2},
        {"enclosures": (Enclosure("a", b"bc", ""),)},
        {"enclosures": (Enclosure("ab", b"c", ""),)},
    )
    found = {replace(document, **change).fingerprint for change in ({}, *changes)}
    assert len(found) == len(changes) + 1
