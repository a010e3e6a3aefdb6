"""Every address of the application, tried by everybody. A new address needs a row here.

Each row gives what ten visitors are answered, on what belongs to the group elm and the payer
fair (see `world.py`):

    nobody  signed in as no one
    maya    practice manager of elm           omar  practice manager of another group
    cara    care team of elm
    pam     payer whom elm shares with        pete  payer whom nobody shares with
    paul    payer whom elm shared with once: elm, and what his own payer, past, made of it then
    rita    reads for that payer              aude  auditor
    ada     administrator

Every id is that of something that is there, so that 404 is a refusal.

401: sign in first. 403: not for people like you. 404: no such thing, as far as you can tell.
Forms are sent empty but for their token: 422 means that somebody was let in and told what is
missing. The order of the columns is the order of trying: whoever may change something comes last.
"""

from __future__ import annotations

import io
import shutil
import sqlite3
import zipfile
from contextlib import closing

import pytest

from readiness.accounts.db import tokens
from readiness.core.db import Store
from readiness.core.sealing import key_path
from tests.factories import everything, world

VISITORS = ("nobody", "omar", "pete", "paul", "cara", "rita", "aude", "pam", "ada", "maya")
PLACES = {
    "group_id": "elm",
    "payer_id": "fair",
    "person_id": "cara",
    "letter_id": tokens.digest("seat-in-elm"),
    "token": "seat-in-elm",
    "name": "SourceSansPro-Regular.ttf",
    "filename": "app.css",
    "assessment_id": "sent",  # submitted to the payer fair
    "allocation_id": "an-allocation",
    "cycle_id": "next",  # the group is asked into it and has not answered
    "domain_id": "LEAD",
    "item_id": "LEAD-1",
    "action_id": everything.ACTION,
    "posting_id": "an-entry",
    "session_id": "no-such-session",
    "passkey_id": "no-such-passkey",
    "print_id": "a-print",
    "period": "2026-Q4",
    "ending": "csv",
    "year": 2026,
    "kind": "language",
    "part": "spanish",
    "upload_id": "an-upload",
    "mapping_id": "a-mapping",
    "run_id": "a-run",
    "shape": "redcap",
    "instrument_id": "qmer",
    "version": "2026.1",
    "pack_id": "a-pack",
}
ONCE = {  # the same things of paul's own payer, made while elm shared with it
    "payer_id": "past",
    "allocation_id": "past-allocation",
    "cycle_id": "past-cycle",
    "run_id": "past-run",
    "pack_id": "past-pack",
    "membership_id": "m-paul",
    "letter_id": tokens.digest("seat-at-past"),
}
UNDER_WAY = {  # addresses about an assessment that is still being answered
    "assess",
    "context",
    "questionnaire",
    "submit",
}
SENT = {"submit.receipt"}
MEMBERS = {  # whose membership an address is about
    "team": "m-cara",
    "group_people": "m-cara",
    "payer_team": "m-pam",
    "payer_people": "m-pam",
    "administrators": "m-ada",
}
ENDINGS = {"investment.file": "xlsx"}  # where there is no CSV
LETTERS = {  # which invitation
    "payer_team": "seat-at-fair",
    "payer_people": "seat-at-fair",
    "administrators": "seat-here",
}

ROUTES = {
    #                             nobody omar pete paul cara rita aude pam ada maya
    "GET /": "200 302 302 302 302 302 302 302 302 302",
    "GET /home": "401 200 200 200 200 200 200 200 200 200",
    "GET /health": "200 200 200 200 200 200 200 200 200 200",
    "GET /static/<path:filename>": "200 200 200 200 200 200 200 200 200 200",
    "GET /vendor/bootstrap.min.css": "200 200 200 200 200 200 200 200 200 200",
    "GET /fonts/<name>": "200 200 200 200 200 200 200 200 200 200",
    "GET /sign-in": "200 200 200 200 200 200 200 200 200 200",
    "POST /sign-in": "422 422 422 422 422 422 422 422 422 422",
    "POST /sign-out": "401 303 303 303 303 303 303 303 303 303",
    "POST /session": "401 303 303 303 303 303 303 303 303 303",
    # one's own account
    "GET /account": "401 200 200 200 200 200 200 200 200 200",
    "POST /account/password": "401 422 422 422 422 422 422 422 422 422",
    "POST /account/sessions/end": "401 303 303 303 303 303 303 303 303 303",
    "POST /account/sessions/<session_id>/end": "401 404 404 404 404 404 404 404 404 404",
    "POST /account/told": "401 303 303 303 303 303 303 303 303 303",
    "POST /confirm": "401 422 422 422 422 422 422 422 422 422",
    "POST /sign-in/code": "401 422 422 422 422 422 422 422 422 422",
    "GET /account/second-step": "401 200 200 200 200 200 200 200 200 200",
    "POST /account/second-step/confirm": "401 422 422 422 422 422 422 422 422 422",
    "POST /account/second-step/begin": "401 200 200 200 200 200 200 200 200 200",
    "POST /account/second-step/codes": "401 200 200 200 200 200 200 200 200 200",
    "POST /account/second-step/off": "401 303 303 303 303 303 303 303 303 303",
    "POST /groups/<group_id>/team/members/<membership_id>/remove-second-step": (
        "401 404 403 403 403 403 403 403 403 303"
    ),
    "GET /prints/turn": "401 200 200 200 200 200 200 200 200 200",
    "GET /prints/<print_id>/progress": "401 404 404 404 404 404 404 200 404 404",
    "POST /prints/<print_id>/stop": "401 404 404 404 404 404 404 303 404 404",
    "POST /payers/<payer_id>/team/members/<membership_id>/remove-second-step": (
        "401 403 404 303 403 403 403 303 403 403"
    ),
    "POST /admin/people/<person_id>/remove-second-step": "401 403 403 403 403 403 403 403 303 403",
    "POST /admin/groups/<group_id>/members/<membership_id>/remove-second-step": (
        "401 403 403 403 403 403 403 403 303 403"
    ),
    "POST /admin/payers/<payer_id>/members/<membership_id>/remove-second-step": (
        "401 403 403 403 403 403 403 403 303 403"
    ),
    "POST /admin/administrators/members/<membership_id>/remove-second-step": (
        "401 403 403 403 403 403 403 403 303 403"
    ),
    "GET /ready": "200 200 200 200 200 200 200 200 200 200",
    "GET /metrics": "200 200 200 200 200 200 200 200 200 200",
    "GET /.well-known/security.txt": "404 404 404 404 404 404 404 404 404 404",
    "POST /sign-in/passkey/begin": "401 409 409 409 409 409 409 409 409 409",
    "POST /sign-in/passkey": "401 409 409 409 409 409 409 409 409 409",
    "POST /account/passkeys/begin": "401 200 200 200 200 200 200 200 200 200",
    "POST /account/passkeys": "401 422 422 422 422 422 422 422 422 422",
    "POST /account/passkeys/<passkey_id>/remove": "401 404 404 404 404 404 404 404 404 404",
    "POST /sign-in/provider": "404 404 404 404 404 404 404 404 404 404",
    "GET /sign-in/provider/back": "404 404 404 404 404 404 404 404 404 404",
    "POST /confirm/provider": "401 404 404 404 404 404 404 404 404 404",
    "POST /account/single-sign-on/link": "401 404 404 404 404 404 404 404 404 404",
    "POST /account/single-sign-on/unlink": "401 404 404 404 404 404 404 404 404 404",
    "POST /letters/<token>/provider": "404 404 404 404 404 404 404 404 404 404",
    # one-time links: whoever has the link, may read it; joining asks for the right person
    "GET /letters/<token>": "200 200 200 200 200 200 200 200 200 200",
    "POST /letters/<token>/accept": "422 422 422 422 422 422 422 422 422 422",
    "POST /letters/<token>/join": "401 403 403 403 403 403 403 403 403 403",
    "POST /letters/<token>/password": (
        "404 404 404 404 404 404 404 404 404 404"  # this one is an invitation
    ),
    # the people of a group
    "GET /groups/<group_id>/team": "401 404 403 403 403 403 403 403 403 200",
    "POST /groups/<group_id>/team/invitations": "401 404 403 403 403 403 403 403 403 422",
    "POST /groups/<group_id>/team/invitations/<letter_id>/withdraw": (
        "401 404 403 403 403 403 403 403 403 303"
    ),
    "POST /groups/<group_id>/team/members/<membership_id>/attest": (
        "401 404 403 403 403 403 403 403 403 303"
    ),
    "POST /groups/<group_id>/team/members/<membership_id>/new-password": (
        "401 404 403 403 403 403 403 403 403 200"
    ),
    "GET /groups/<group_id>/team/members/<membership_id>/leave": (
        "401 404 403 403 403 403 403 403 403 200"
    ),
    "POST /groups/<group_id>/team/members/<membership_id>/leave": (
        "401 404 403 403 403 403 403 403 403 303"
    ),
    "GET /groups/<group_id>/history": "401 404 403 403 403 403 403 403 403 200",
    "GET /groups/<group_id>/history.<ending>": "401 404 403 403 403 403 403 403 403 200",
    "GET /payers/<payer_id>/history.<ending>": "401 403 404 200 403 403 403 200 403 403",
    "GET /admin/history.<ending>": "401 403 403 403 403 403 200 403 200 403",
    "GET /groups/<group_id>/records": "401 404 403 403 403 403 403 403 403 200",
    "POST /groups/<group_id>/records/export": "401 404 403 403 403 403 403 403 403 200",
    "GET /groups/<group_id>/records/remove": "401 404 403 403 403 403 403 403 403 200",
    "POST /groups/<group_id>/records/remove": "401 404 403 403 403 403 403 403 403 422",
    # what left a group of a quarter: of this one nothing did
    "GET /groups/<group_id>/counts/<period>/released": "401 404 403 403 200 403 403 403 403 200",
    "GET /groups/<group_id>/counts/<period>/released.<ending>": (
        "401 404 403 403 200 403 403 403 403 200"
    ),
    "GET /payers/<payer_id>/groups/<group_id>/counts": "401 403 404 404 403 200 403 200 403 403",
    "GET /payers/<payer_id>/groups/<group_id>/counts/<period>": (
        "401 403 404 404 403 200 403 200 403 403"
    ),
    "GET /payers/<payer_id>/groups/<group_id>/counts/<period>/released.<ending>": (
        "401 403 404 404 403 200 403 200 403 403"
    ),
    # the measures of a released quarter: of this one nothing was released
    "GET /groups/<group_id>/counts/<period>/measures": "401 404 403 403 200 403 403 403 403 200",
    "GET /groups/<group_id>/counts/<period>/measures.<ending>": (
        "401 404 403 403 200 403 403 403 403 200"
    ),
    "GET /payers/<payer_id>/groups/<group_id>/counts/<period>/measures": (
        "401 403 404 404 403 200 403 200 403 403"
    ),
    "GET /payers/<payer_id>/groups/<group_id>/counts/<period>/measures.<ending>": (
        "401 403 404 404 403 200 403 200 403 403"
    ),
    # quality measures by patient group
    "GET /groups/<group_id>/quality": "401 404 403 403 200 403 403 403 403 200",
    "GET /groups/<group_id>/quality/<period>": "401 404 403 403 200 403 403 403 403 200",
    "POST /groups/<group_id>/quality/<period>": "401 404 403 403 303 403 403 403 403 303",
    "GET /groups/<group_id>/quality/<period>/by/<kind>": "401 404 403 403 200 403 403 403 403 200",
    "POST /groups/<group_id>/quality/<period>/by/<kind>": "401 404 403 403 303 403 403 403 403 303",
    "POST /groups/<group_id>/quality/<period>/reference": "401 404 403 403 303 403 403 403 403 303",
    "POST /groups/<group_id>/quality/<period>/file": "401 404 403 403 422 403 403 403 403 422",
    "GET /groups/<group_id>/quality/<period>/counts.csv": "401 404 403 403 200 403 403 403 403 200",
    "GET /groups/<group_id>/quality/<period>/counts.xlsx": (
        "401 404 403 403 200 403 403 403 403 200"
    ),
    "GET /groups/<group_id>/quality/results": "401 404 403 403 302 403 403 403 403 302",
    "GET /groups/<group_id>/quality/<period>/results": "401 404 403 403 200 403 403 403 403 200",
    "GET /stratification-rules": "401 200 200 200 200 200 200 200 200 200",
    "GET /groups/<group_id>/quality/<period>/race-data": "401 404 403 403 200 403 403 403 403 200",
    "GET /groups/<group_id>/quality/<period>/released": "401 404 403 403 200 403 403 403 403 200",
    "GET /groups/<group_id>/quality/<period>/released.<ending>": (
        "401 404 403 403 200 403 403 403 403 200"
    ),
    "GET /groups/<group_id>/quality/<period>/history": "401 404 403 403 200 403 403 403 403 200",
    # answering and signing
    "GET /assessments/<assessment_id>": "401 404 403 403 200 403 403 403 403 200",
    "GET /assessments/<assessment_id>/check": "401 404 403 403 200 403 403 403 403 200",
    "GET /assessments/<assessment_id>/context": "401 404 403 403 200 403 403 403 403 200",
    "POST /assessments/<assessment_id>/context": "401 404 403 403 303 403 403 403 403 303",
    "GET /assessments/<assessment_id>/domains/<domain_id>": (
        "401 404 403 403 200 403 403 403 403 200"
    ),
    "POST /assessments/<assessment_id>/domains/<domain_id>": (
        "401 404 403 403 303 403 403 403 403 303"
    ),
    "POST /assessments/<assessment_id>/items/<item_id>": "401 404 403 403 200 403 403 403 403 200",
    "PUT /assessments/<assessment_id>/items/<item_id>": "401 404 403 403 200 403 403 403 403 200",
    "GET /assessments/<assessment_id>/questionnaire": "401 404 403 403 200 403 403 403 403 200",
    "POST /assessments/<assessment_id>/questionnaire": "401 404 403 403 422 403 403 403 403 422",
    "GET /assessments/<assessment_id>/questionnaire.xlsx": (
        "401 404 403 403 200 403 403 403 403 200"
    ),
    "GET /instruments/<instrument_id>/<version>/cut-points": (
        "401 200 200 200 200 200 200 200 200 200"
    ),
    "GET /payers/<payer_id>/instruments/<instrument_id>/<version>/panel": (
        "401 403 404 200 403 403 403 200 403 403"
    ),
    "POST /payers/<payer_id>/instruments/<instrument_id>/<version>/panel": (
        "401 403 404 422 403 403 403 422 403 403"
    ),
    "GET /instruments/<instrument_id>/<version>/questionnaire.pdf": (
        "401 200 200 200 200 200 200 200 200 200"
    ),
    "GET /assessments/<assessment_id>/receipt": "401 404 403 403 200 403 403 403 403 200",
    "GET /assessments/<assessment_id>/result": "401 404 403 403 200 403 403 403 403 200",
    "GET /assessments/<assessment_id>/what-if": "401 404 404 404 200 200 403 200 403 200",
    "GET /assessments/<assessment_id>/submit": "401 404 403 403 403 403 403 403 403 200",
    "POST /assessments/<assessment_id>/submit": "401 404 403 403 403 403 403 403 403 422",
    "POST /assessments/<assessment_id>/take-up-again": "401 404 403 403 403 403 403 403 403 409",
    "POST /assessments/<assessment_id>/withdraw": "401 404 403 403 403 403 403 403 403 303",
    "GET /groups/<group_id>/assessments": "401 404 403 403 200 403 403 403 403 200",
    "POST /groups/<group_id>/assessments": "401 404 403 403 303 403 403 403 403 303",
    # the plan: the payer with whom the group shares reads it
    "GET /assessments/<assessment_id>/plan": "401 404 404 404 200 200 403 200 403 200",
    "GET /assessments/<assessment_id>/plan.json": "401 404 404 404 200 200 403 200 403 200",
    "GET /assessments/<assessment_id>/plan.pdf": "401 404 404 404 200 200 403 200 403 200",
    "GET /assessments/<assessment_id>/plan/actions/<action_id>": (
        "401 404 403 403 403 403 403 403 403 200"
    ),
    "POST /assessments/<assessment_id>/plan/actions/<action_id>": (
        "401 404 403 403 403 403 403 403 403 422"
    ),
    "POST /assessments/<assessment_id>/plan/actions/<action_id>/drop": (
        "401 404 403 403 403 403 403 403 403 409"
    ),
    "POST /assessments/<assessment_id>/plan/actions/<action_id>/restore": (
        "401 404 403 403 403 403 403 403 403 409"
    ),
    "GET /assessments/<assessment_id>/plan/new-action": "401 404 403 403 403 403 403 403 403 200",
    "POST /assessments/<assessment_id>/plan/new-action": "401 404 403 403 403 403 403 403 403 422",
    "POST /assessments/<assessment_id>/plan/renew": "401 404 403 403 403 403 403 403 403 303",
    # money for the plan: sums for its readers, entries for the group
    "GET /assessments/<assessment_id>/plan/money": "401 404 404 404 200 200 403 200 403 200",
    "GET /assessments/<assessment_id>/plan/money.<ending>": (
        "401 404 404 404 200 200 403 200 403 200"
    ),
    "GET /assessments/<assessment_id>/plan/money/actions/<action_id>": (
        "401 404 404 404 200 200 403 200 403 200"
    ),
    "POST /assessments/<assessment_id>/plan/money/actions/<action_id>/entries": (
        "401 404 403 403 403 403 403 403 403 422"
    ),
    "GET /assessments/<assessment_id>/plan/money/actions/<action_id>/entries/<posting_id>": (
        "401 404 403 403 403 403 403 403 403 200"
    ),
    "POST /assessments/<assessment_id>/plan/money/actions/<action_id>/entries/<posting_id>": (
        "401 404 403 403 403 403 403 403 403 422"
    ),
    "POST /assessments/<assessment_id>/plan/money/actions/<action_id>/needed": (
        "401 404 403 403 403 403 403 403 403 422"
    ),
    # the review, by the payer whose cycle it is
    "GET /assessments/<assessment_id>/review": "401 403 404 404 403 403 403 200 403 403",
    "GET /assessments/<assessment_id>/review/<domain_id>": (
        "401 403 404 404 403 403 403 200 403 403"
    ),
    "POST /assessments/<assessment_id>/review/<domain_id>": (
        "401 403 404 404 403 403 403 422 403 403"
    ),
    "POST /assessments/<assessment_id>/review/accept": "401 403 404 404 403 403 403 409 403 403",
    "POST /assessments/<assessment_id>/review/agree-with-low": (
        "401 403 404 404 403 403 403 409 403 403"
    ),
    "POST /assessments/<assessment_id>/review/request-changes": (
        "401 403 404 404 403 403 403 409 403 403"
    ),
    # social-risk counts
    "GET /groups/<group_id>/counts": "401 404 403 403 200 403 403 403 403 200",
    "POST /groups/<group_id>/counts/year": "401 404 403 403 422 403 403 403 403 422",
    "GET /groups/<group_id>/counts/<period>": "401 404 403 403 200 403 403 403 403 200",
    "POST /groups/<group_id>/counts/<period>": "401 404 403 403 303 403 403 403 403 303",
    "GET /groups/<group_id>/counts/<period>/<kind>": "401 404 403 403 200 403 403 403 403 200",
    "POST /groups/<group_id>/counts/<period>/<kind>": "401 404 403 403 303 403 403 403 403 303",
    "GET /groups/<group_id>/counts/<period>/<kind>/<part>": (
        "401 404 403 403 200 403 403 403 403 200"
    ),
    "POST /groups/<group_id>/counts/<period>/<kind>/<part>": (
        "401 404 403 403 303 403 403 403 403 303"
    ),
    "GET /groups/<group_id>/counts/<period>/history": "401 404 403 403 200 403 403 403 403 200",
    "GET /groups/<group_id>/counts/years/<int:year>": "401 404 403 403 200 403 403 403 403 200",
    "GET /groups/<group_id>/counts/<period>/sites": "401 404 403 403 200 403 403 403 403 200",
    "GET /groups/<group_id>/counts/long.csv": "401 404 403 403 200 403 403 403 403 200",
    "GET /groups/<group_id>/counts/template.csv": "401 404 403 403 200 403 403 403 403 200",
    "GET /groups/<group_id>/counts/template.xlsx": "401 404 403 403 200 403 403 403 403 200",
    "GET /mappings/<shape>.toml": "401 200 403 403 200 403 403 403 403 200",
    "GET /groups/<group_id>/counts/upload": "401 404 403 403 200 403 403 403 403 200",
    "POST /groups/<group_id>/counts/upload": "401 404 403 403 422 403 403 403 403 422",
    "POST /groups/<group_id>/counts/upload/columns": "401 404 403 403 422 403 403 403 403 422",
    "GET /groups/<group_id>/counts/mappings": "401 404 403 403 200 403 403 403 403 200",
    "POST /groups/<group_id>/counts/mappings": "401 404 403 403 422 403 403 403 403 422",
    "GET /groups/<group_id>/counts/mappings/<mapping_id>.toml": (
        "401 404 403 403 200 403 403 403 403 200"
    ),
    "POST /groups/<group_id>/counts/mappings/<mapping_id>/name": (
        "401 404 403 403 422 403 403 403 403 422"
    ),
    "POST /groups/<group_id>/counts/mappings/<mapping_id>/delete": (
        "401 404 403 403 303 403 403 403 403 404"
    ),
    "GET /groups/<group_id>/counts/upload/<upload_id>": "401 404 403 403 200 403 403 403 403 200",
    "POST /groups/<group_id>/counts/upload/<upload_id>": "401 404 403 403 422 403 403 403 403 422",
    "GET /groups/<group_id>/counts/upload/<upload_id>/progress": (
        "401 404 403 403 200 403 403 403 403 200"
    ),
    "POST /groups/<group_id>/counts/upload/<upload_id>/stop": (
        "401 404 403 403 303 403 403 403 403 303"
    ),
    "POST /groups/<group_id>/counts/upload/<upload_id>/discard": (
        "401 404 403 403 303 403 403 403 403 409"
    ),
    # what a group shares, and with whom
    "GET /groups/<group_id>/invitations/<cycle_id>": "401 404 403 403 403 403 403 403 403 200",
    "POST /groups/<group_id>/invitations/<cycle_id>/accept": (
        "401 404 403 403 403 403 403 403 403 303"
    ),
    "POST /groups/<group_id>/invitations/<cycle_id>/decline": (
        "401 404 403 403 403 403 403 403 403 303"
    ),
    "POST /groups/<group_id>/invitations/<cycle_id>/share-again": (
        "401 404 403 403 403 403 403 403 403 409"
    ),
    "GET /groups/<group_id>/sharing": "401 404 403 403 403 403 403 403 403 200",
    "POST /groups/<group_id>/sharing/<payer_id>/stop": "401 404 403 403 403 403 403 403 403 303",
    # a payer's cycles and portfolio
    "GET /cycles": "401 403 302 302 403 403 403 302 403 403",
    "GET /payers/<payer_id>/cycles": "401 403 404 200 403 403 403 200 403 403",
    "GET /payers/<payer_id>/cycles/<cycle_id>": "401 403 404 200 403 403 403 200 403 403",
    "POST /payers/<payer_id>/cycles/<cycle_id>/close": "401 403 404 303 403 403 403 303 403 403",
    "POST /payers/<payer_id>/cycles/<cycle_id>/due": "401 403 404 422 403 403 403 422 403 403",
    "POST /payers/<payer_id>/cycles/<cycle_id>/invitations": (
        "401 403 404 422 403 403 403 422 403 403"
    ),
    "GET /payers/<payer_id>/cycles/new": "401 403 404 200 403 403 403 200 403 403",
    "POST /payers/<payer_id>/cycles/new": "401 403 404 422 403 403 403 422 403 403",
    "GET /payers/<payer_id>/groups/<group_id>": "401 403 404 404 403 200 403 200 403 403",
    "GET /payers/<payer_id>/groups/<group_id>/brief.pdf": "401 403 404 404 403 200 403 200 403 403",
    "GET /payers/<payer_id>/groups/<group_id>/brief.xlsx": (
        "401 403 404 404 403 200 403 200 403 403"
    ),
    "GET /payers/<payer_id>/equity": "401 403 404 200 403 200 403 200 403 403",
    "GET /payers/<payer_id>/equity.<ending>": (
        "401 403 404 404 403 200 403 200 403 403"  # nothing released
    ),
    "GET /payers/<payer_id>/readiness-and-change": "401 403 404 200 403 200 403 200 403 403",
    "GET /payers/<payer_id>/readiness-and-change.<ending>": (
        "401 403 404 404 403 404 403 404 403 403"
    ),
    "GET /payers/<payer_id>/groups/<group_id>/quality": "401 403 404 404 403 200 403 200 403 403",
    "GET /payers/<payer_id>/portfolio": "401 403 404 200 403 200 403 200 403 403",
    "GET /payers/<payer_id>/portfolio.csv": "401 403 404 200 403 200 403 200 403 403",
    "GET /payers/<payer_id>/portfolio.xlsx": "401 403 404 200 403 200 403 200 403 403",
    "GET /payers/<payer_id>/portfolio/compare": "401 403 404 200 403 200 403 200 403 403",
    "GET /payers/<payer_id>/plans": "401 403 404 200 403 200 403 200 403 403",
    "POST /payers/<payer_id>/plans": "401 403 404 409 403 403 403 303 403 403",
    "GET /payers/<payer_id>/plans/<pack_id>": "401 403 404 200 403 200 403 200 403 403",
    "GET /payers/<payer_id>/plans/<pack_id>/progress": "401 403 404 200 403 200 403 200 403 403",
    "POST /payers/<payer_id>/plans/<pack_id>/stop": "401 403 404 303 403 403 403 303 403 403",
    "GET /payers/<payer_id>/plans/<pack_id>/plans.zip": "401 403 404 409 403 200 403 200 403 403",
    "GET /portfolio": "401 403 302 302 403 302 403 302 403 403",
    "GET /payers/<payer_id>/next-tier": "401 403 404 200 403 200 403 200 403 403",
    "GET /payers/<payer_id>/next-tier.<ending>": "401 403 404 200 403 200 403 200 403 403",
    "GET /payers/<payer_id>/cut-points": "401 403 404 200 403 200 403 200 403 403",
    "GET /payers/<payer_id>/cut-points.<ending>": "401 403 404 200 403 200 403 200 403 403",
    "GET /payers/<payer_id>/returns": "401 403 404 200 403 200 403 200 403 403",
    "GET /payers/<payer_id>/returns.<ending>": "401 403 404 200 403 200 403 200 403 403",
    # the incentive laboratory
    "GET /payers/<payer_id>/laboratory": "401 403 404 200 403 200 403 200 403 403",
    "GET /payers/<payer_id>/laboratory/new": "401 403 404 200 403 403 403 200 403 403",
    "POST /payers/<payer_id>/laboratory/new": "401 403 404 422 403 403 403 422 403 403",
    "GET /payers/<payer_id>/laboratory/<run_id>": "401 403 404 200 403 200 403 200 403 403",
    "GET /payers/<payer_id>/laboratory/<run_id>/progress": (
        "401 403 404 200 403 200 403 200 403 403"
    ),
    "POST /payers/<payer_id>/laboratory/<run_id>/stop": "401 403 404 303 403 403 403 303 403 403",
    "POST /payers/<payer_id>/laboratory/<run_id>/again": "401 403 404 409 403 403 403 303 403 403",
    "GET /payers/<payer_id>/laboratory/<run_id>/laboratory.pdf": (
        "401 403 404 409 403 200 403 200 403 403"
    ),
    "GET /payers/<payer_id>/laboratory/<run_id>/laboratory.xlsx": (
        "401 403 404 409 403 200 403 200 403 403"
    ),
    "GET /payers/<payer_id>/laboratory/<run_id>/laboratory.json": (
        "401 403 404 409 403 200 403 200 403 403"
    ),
    # a payer's investment: what a budget should pay for
    "GET /investment": "401 403 302 302 403 302 403 302 403 403",
    "GET /payers/<payer_id>/investment": "401 403 404 200 403 200 403 200 403 403",
    "GET /payers/<payer_id>/investment/new": "401 403 404 200 403 403 403 200 403 403",
    "POST /payers/<payer_id>/investment/new": "401 403 404 422 403 403 403 422 403 403",
    "GET /payers/<payer_id>/investment/<allocation_id>": "401 403 404 200 403 200 403 200 403 403",
    "GET /payers/<payer_id>/investment/<allocation_id>.<ending>": (
        "401 403 404 409 403 200 403 200 403 403"
    ),
    "GET /payers/<payer_id>/investment/<allocation_id>/proposal.pdf": (
        "401 403 404 409 403 200 403 200 403 403"
    ),
    "GET /payers/<payer_id>/investment/<allocation_id>/compare": (
        "401 403 404 200 403 200 403 200 403 403"
    ),
    "GET /payers/<payer_id>/investment/<allocation_id>/progress": (
        "401 403 404 200 403 200 403 200 403 403"
    ),
    "GET /payers/<payer_id>/investment/<allocation_id>/awards": (
        "401 403 404 409 403 403 403 409 403 403"
    ),
    "POST /payers/<payer_id>/investment/<allocation_id>/awards": (
        "401 403 404 409 403 403 403 409 403 403"
    ),
    "GET /payers/<payer_id>/investment/<allocation_id>/awards/take-back": (
        "401 403 404 409 403 403 403 409 403 403"
    ),
    "POST /payers/<payer_id>/investment/<allocation_id>/awards/take-back": (
        "401 403 404 409 403 403 403 409 403 403"
    ),
    "POST /payers/<payer_id>/investment/<allocation_id>/change": (
        "401 403 404 422 403 403 403 422 403 403"
    ),
    "POST /payers/<payer_id>/investment/<allocation_id>/rename": (
        "401 403 404 422 403 403 403 422 403 403"
    ),
    "POST /payers/<payer_id>/investment/<allocation_id>/state": (
        "401 403 404 422 403 403 403 422 403 403"
    ),
    "POST /payers/<payer_id>/investment/<allocation_id>/replay": (
        "401 403 404 409 403 403 403 303 403 403"
    ),
    "POST /payers/<payer_id>/investment/<allocation_id>/shake": (
        "401 403 404 409 403 403 403 303 403 403"
    ),
    "POST /payers/<payer_id>/investment/<allocation_id>/solve": (
        "401 403 404 303 403 403 403 303 403 403"
    ),
    "POST /payers/<payer_id>/investment/<allocation_id>/stop": (
        "401 403 404 303 403 403 403 303 403 403"
    ),
    # the people of a payer
    "GET /payers/<payer_id>/team": "401 403 404 200 403 403 403 200 403 403",
    "POST /payers/<payer_id>/team/invitations": "401 403 404 422 403 403 403 422 403 403",
    "POST /payers/<payer_id>/team/invitations/<letter_id>/withdraw": (
        "401 403 404 303 403 403 403 303 403 403"
    ),
    "POST /payers/<payer_id>/team/members/<membership_id>/new-password": (
        "401 403 404 200 403 403 403 200 403 403"
    ),
    "GET /payers/<payer_id>/team/members/<membership_id>/leave": (
        "401 403 404 200 403 403 403 200 403 403"
    ),
    "POST /payers/<payer_id>/team/members/<membership_id>/leave": (
        "401 403 404 422 403 403 403 422 403 403"
    ),
    "GET /payers/<payer_id>/history": "401 403 404 200 403 403 403 200 403 403",
    # administration
    "GET /admin": "401 403 403 403 403 403 403 403 200 403",
    "GET /admin/groups": "401 403 403 403 403 403 403 403 200 403",
    "POST /admin/groups": "401 403 403 403 403 403 403 403 422 403",
    "GET /admin/payers": "401 403 403 403 403 403 403 403 200 403",
    "POST /admin/payers": "401 403 403 403 403 403 403 403 422 403",
    "GET /admin/people": "401 403 403 403 403 403 403 403 200 403",
    "GET /admin/people/<person_id>": "401 403 403 403 403 403 403 403 200 403",
    "POST /admin/people/<person_id>/disable": "401 403 403 403 403 403 403 403 303 403",
    "POST /admin/people/<person_id>/enable": "401 403 403 403 403 403 403 403 303 403",
    "POST /admin/people/<person_id>/new-password": "401 403 403 403 403 403 403 403 200 403",
    "GET /admin/history": "401 403 403 403 403 403 200 403 200 403",
    "POST /admin/history/check": "401 403 403 403 403 403 303 403 303 403",
    "GET /admin/groups/<group_id>": "401 403 403 403 403 403 403 403 200 403",
    "POST /admin/groups/<group_id>/invitations": "401 403 403 403 403 403 403 403 422 403",
    "POST /admin/groups/<group_id>/invitations/<letter_id>/withdraw": (
        "401 403 403 403 403 403 403 403 303 403"
    ),
    "POST /admin/groups/<group_id>/members/<membership_id>/attest": (
        "401 403 403 403 403 403 403 403 303 403"
    ),
    "POST /admin/groups/<group_id>/members/<membership_id>/new-password": (
        "401 403 403 403 403 403 403 403 200 403"
    ),
    "GET /admin/groups/<group_id>/members/<membership_id>/leave": (
        "401 403 403 403 403 403 403 403 200 403"
    ),
    "POST /admin/groups/<group_id>/members/<membership_id>/leave": (
        "401 403 403 403 403 403 403 403 303 403"
    ),
    "GET /admin/payers/<payer_id>": "401 403 403 403 403 403 403 403 200 403",
    "POST /admin/payers/<payer_id>/invitations": "401 403 403 403 403 403 403 403 422 403",
    "POST /admin/payers/<payer_id>/invitations/<letter_id>/withdraw": (
        "401 403 403 403 403 403 403 403 303 403"
    ),
    "POST /admin/payers/<payer_id>/members/<membership_id>/new-password": (
        "401 403 403 403 403 403 403 403 200 403"
    ),
    "GET /admin/payers/<payer_id>/members/<membership_id>/leave": (
        "401 403 403 403 403 403 403 403 200 403"
    ),
    "POST /admin/payers/<payer_id>/members/<membership_id>/leave": (
        "401 403 403 403 403 403 403 403 422 403"
    ),
    "GET /admin/administrators": "401 403 403 403 403 403 403 403 200 403",
    "POST /admin/administrators/invitations": "401 403 403 403 403 403 403 403 422 403",
    "POST /admin/administrators/invitations/<letter_id>/withdraw": (
        "401 403 403 403 403 403 403 403 303 403"
    ),
    "POST /admin/administrators/members/<membership_id>/new-password": (
        "401 403 403 403 403 403 403 403 200 403"
    ),
    "GET /admin/administrators/members/<membership_id>/leave": (
        "401 403 403 403 403 403 403 403 200 403"
    ),
    "POST /admin/administrators/members/<membership_id>/leave": (
        "401 403 403 403 403 403 403 403 422 403"
    ),
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Made once, with something for every address."""
    path = tmp_path_factory.mktemp("routes") / "readiness.db"
    with closing(Store.create(path)) as store:
        everything.fill(store)
    return path


@pytest.fixture
def store(filled, tmp_path):
    """A copy for each test: some of what is tried changes things."""
    with (
        closing(Store(filled)) as source,
        closing(sqlite3.connect(tmp_path / "readiness.db")) as to,
    ):
        source.db.conn.backup(to)
    shutil.copytree(filled.parent / "packs", tmp_path / "packs")
    shutil.copy(key_path(filled), tmp_path)
    with closing(Store(tmp_path / "readiness.db")) as opened:
        yield opened


# What is sent besides the token. Who saves the same answer second has nothing to be told.
BODIES = {"assess.save_item": {"choice": "2", "base": 1}}


def rules(app):
    return {
        f"{method} {rule.rule}": rule
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def address(app, rule, visitor):
    area = rule.endpoint.split(".")[0]
    values = PLACES | {"membership_id": MEMBERS.get(area, "m-cara")}
    if area in UNDER_WAY and rule.endpoint not in SENT:
        values["assessment_id"] = "open"
    if area in LETTERS:
        values["letter_id"] = tokens.digest(LETTERS[area])
    values["ending"] = ENDINGS.get(rule.endpoint, values["ending"])
    if visitor == "paul" and "payer_id" in rule.arguments:
        values |= ONCE
    with app.test_request_context():
        return app.url_map.bind("localhost").build(
            rule.endpoint, {name: values[name] for name in rule.arguments}, force_external=False
        )


def send(client, method, path, body):
    """As a page of ours would: a form with its token, or a script's JSON with it."""
    if method == "GET":
        return client.get(path, buffered=True)
    token = world.token(client)
    if body is None:
        return client.open(path, method=method, data={"csrf_token": token})
    return client.open(path, method=method, json=body, headers={"X-CSRFToken": token})


NAMES_WHOM_IT_INVITED = {  # a cycle its groups, a link to join elm that group
    "cycles.board", "cycles.extend", "cycles.invite", "letters.read", "letters.accept",
}  # fmt: skip


def unpacked(content):
    """What stands in the files of a workbook or a ZIP; a PDF's letters cannot be searched."""
    if not content.startswith(b"PK"):
        return b""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(map(archive.read, archive.namelist()))


def test_every_address_has_its_row_and_every_row_its_address(app):
    assert sorted(rules(app)) == sorted(ROUTES)


@pytest.mark.slow
@pytest.mark.parametrize("route", ROUTES)
def test_everybody_is_answered_as_the_table_says(app, sign_in, route):
    method, rule = route.split(" ")[0], rules(app)[route]
    answered = []
    for visitor in VISITORS:
        client = app.test_client()
        if visitor != "nobody":
            sign_in(client, visitor)
        path = address(app, rule, visitor)
        reply = send(client, method, path, BODIES.get(rule.endpoint))
        if visitor == "paul" and rule.endpoint not in NAMES_WHOM_IT_INVITED:
            assert b"Elm" not in reply.data, path
            assert b"Elm" not in unpacked(reply.data), path
        answered.append(str(reply.status_code))
    assert dict(zip(VISITORS, answered, strict=True)) == dict(
        zip(VISITORS, ROUTES[route].split(), strict=True)
    )
