"""Guessing is slowed down, and nobody but the one who guesses waits for it."""

from __future__ import annotations

import threading
from typing import Literal

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters

from readiness.accounts.db import people
from readiness.accounts.passwords import QUICK, Hasher
from readiness.accounts.service import signing_in
from readiness.accounts.service.signing_in import Credentials
from readiness.core.config import Required
from readiness.core.db import Store
from readiness.core.errors import BadInput, Busy, Denied
from tests.factories import world

WRONG = "not the password"


def attempt(client, person_id, password=WRONG, address="203.0.113.7", **headers):
    client.environ_base["REMOTE_ADDR"] = address
    fields = {"email": world.email(person_id), "password": password}
    data = {"csrf_token": world.token(client), **fields}
    return client.post("/sign-in", data=data, headers=headers).status_code


def test_a_stranger_who_guesses_locks_out_neither_the_person_nor_the_clinic(app, client):
    for number in range(11):
        attempt(app.test_client(), "maya", address=f"192.0.2.{number % 2}")
    assert attempt(app.test_client(), "maya", address="192.0.2.0") == 422
    for _ in range(11):
        attempt(app.test_client(), "maya")
    assert attempt(app.test_client(), "maya", world.PASSWORD) == 429  # from where was guessed
    assert attempt(app.test_client(), "cara", world.PASSWORD) == 303  # a colleague there
    assert attempt(client, "maya", world.PASSWORD, "198.51.100.1") == 303  # at home


def test_the_persons_own_browser_is_let_in_where_a_stranger_guesses(app, client):
    assert attempt(client, "maya", world.PASSWORD) == 303
    for _ in range(12):
        attempt(app.test_client(), "maya")
    assert attempt(app.test_client(), "maya", world.PASSWORD) == 429
    assert attempt(client, "maya", world.PASSWORD) == 303


def test_a_browser_that_is_known_guesses_no_more_than_another(client):
    assert attempt(client, "maya", world.PASSWORD) == 303
    assert [attempt(client, "maya") for _ in range(11)] == [422] * 10 + [429]
    assert attempt(client, "omar", world.PASSWORD) == 303  # known for one person only


def test_a_machine_that_guesses_waits_whomever_it_tries(client):
    for number in range(100):
        attempt(client, f"somebody-{number}")
    assert attempt(client, "omar", world.PASSWORD) == 429
    assert attempt(client, "omar", world.PASSWORD, "198.51.100.1") == 303


def test_an_account_is_not_guessed_from_many_machines_either(client):
    for number in range(100):
        attempt(client, "maya", address=f"192.0.2.{number}")
    assert attempt(client, "maya", address="198.51.100.1") == 429


def test_a_proxy_that_the_settings_do_not_know_of_gets_nobody_locked_out(client):
    for number in range(101):
        attempt(client, f"somebody-{number}", address="10.0.0.2", X_Forwarded_For="192.0.2.1")
    right = attempt(
        client, "omar", world.PASSWORD, address="10.0.0.2", X_Forwarded_For="198.51.100.1"
    )
    assert right == 303


def test_of_many_tries_at_once_no_more_are_looked_at_than_one_after_the_other(store, app):
    """Each is counted before its password is looked at."""
    hasher, looked_at, begin = app.config["HASHER"], [], threading.Barrier(40)

    def guess(number: int) -> None:
        begin.wait()
        while True:
            try:
                one_guess(number)
            except Busy:
                continue
            except BadInput:
                looked_at.append(number)
            except Denied:
                pass
            return

    def one_guess(number: int) -> None:
        own = Store(store.path)
        try:
            sent = Credentials(world.email("maya"), WRONG, "192.0.2.1")
            tokens = f"s{number}", f"b{number}"
            signing_in.sign_in(own, hasher, sent, tokens, Required.NOBODY, world.NOW)
        finally:
            own.close()

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(looked_at) == 10


def test_those_who_wait_for_a_hash_never_hold_every_thread(app):
    hasher = app.config["HASHER"]
    with hasher.turn(), hasher.turn():
        waiting = [threading.Thread(target=hasher.hash, args=("x",)) for _ in range(2)]
        for thread in waiting:
            thread.start()
        while hasher._seats._value:  # until both wait
            pass
        with pytest.raises(Busy, match="wait ten seconds"):
            hasher.hash("y")
    for thread in waiting:
        thread.join()
    assert hasher.hash("y")


def test_a_crowd_is_told_to_wait_and_nothing_is_counted(app, client, store):
    hasher = app.config["HASHER"]
    seats = [hasher._seats.acquire(blocking=False) for _ in range(4)]
    try:
        assert seats == [True] * 4
        assert attempt(client, "maya", world.PASSWORD) == 503
        assert store.row("select count(*) as n from attempts") == {"n": 0}
    finally:
        for _ in seats:
            hasher._seats.release()
    assert attempt(client, "maya", world.PASSWORD) == 303


def test_a_made_up_forwarded_address_starts_no_new_count(app):
    """Where no proxy is trusted, what a client says of where it comes from counts for nothing."""
    for number in range(10):
        attempt(app.test_client(), "maya", X_Forwarded_For=f"198.51.100.{number}")
    spoofed = {"X_Forwarded_For": "198.51.100.99"}
    assert attempt(app.test_client(), "maya", world.PASSWORD, **spoofed) == 429


class Counting(PasswordHasher):
    """Notes what each verification is held against."""

    verified: list[str]

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
        self.verified.append(str(hash))
        return super().verify(hash, password)


def test_an_unknown_name_costs_what_a_known_one_costs(app, store, client):
    """One hash, with the same parameters, and as many tries counted: nothing else takes time."""
    app.config["HASHER"] = hasher = Hasher(quick=True)
    counting = Counting.from_parameters(QUICK)
    assert isinstance(counting, Counting)
    hasher._hasher = counting
    with store.writing():
        people.set_active(store, "omar", is_active=False)

    def cost(person_id: str) -> tuple[list[Parameters], int]:
        counting.verified, before = [], tries(store)
        assert attempt(client, person_id) == 422
        return [extract_parameters(stored) for stored in counting.verified], tries(store) - before

    hashes, counted = cost("maya")
    assert (len(hashes), counted) == (1, 4)
    assert cost("nobody-here") == cost("omar") == (hashes, counted)


def tries(store):
    return store.row("select count(*) as n from attempts")["n"]
