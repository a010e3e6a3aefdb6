"""Defenses, how each is taken out, and the test that has to fail without it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Defense:
    """In `file`, `text` stands once; `without` in its place takes the defense out."""

    what: str
    file: str
    text: str
    without: str
    test: str


CORE = "readiness/core/"
GUARD = "tests/core/web/test_guard.py::"
ACCOUNT = "tests/accounts/views/test_account.py::"
WEB = "readiness/core/web/"
ACCOUNTS = "readiness/accounts/"
DEFENSES = (
    Defense(
        "forms of other sites are refused", f"{WEB}guard.py",
        "if request.method not in SAFE and comes_from() is Origin.ELSEWHERE:", "if False:",
        f"{GUARD}test_another_sites_form_is_refused_whatever_token_it_carries",
    ),
    Defense(
        "a page that declares nothing opens for nobody", f"{WEB}guard.py",
        "    if g.actor is None and not", "    if wanted is None:\n        return None\n"
        "    if g.actor is None and not",
        f"{GUARD}test_a_page_that_declares_nothing_opens_for_nobody",
    ),
    Defense(
        "no page is shown inside another site's", f"{WEB}guard.py",
        "\"frame-ancestors 'none'\"", '""',
        f"{GUARD}test_every_answer_carries_the_same_headers",
    ),
    Defense(
        "signing in leads to no other site", f"{WEB}preserved_form.py",
        'return address if plain.startswith("/") and not plain.startswith("//") else "/"',
        "return address if plain else \"/\"",
        "tests/core/web/test_attacks.py::test_signing_in_leads_nowhere_else",
    ),
    Defense(
        "ten tries at an account from one place", f"{ACCOUNTS}throttle.py",
        'Limit(f"{account} from {address}", 10)', 'Limit(f"{account} from {address}", 10_000)',
        f"{ACCOUNT}test_the_eleventh_try_waits_even_with_the_right_password",
    ),
    Defense(
        "an unknown name costs a hash too", f"{ACCOUNTS}passwords.py",
        '"""Whether the password fits; as slow for an unknown person as for a known one."""\n',
        "if stored is None:\n            return False\n",
        "tests/accounts/views/test_throttle.py::test_an_unknown_name_costs_what_a_known_one_costs",
    ),
    Defense(
        "a code of the app is taken once", f"{ACCOUNTS}service/second_step.py",
        "if step is not None and second_factors.use_step(store, person_id, step):",
        "if second_factor.step_of(secret, code, 0, session.now) is not None:",
        "tests/accounts/views/test_second_step.py::test_a_code_is_taken_once",
    ),
    Defense(
        "a session left idle ends", f"{ACCOUNTS}sessions.py",
        "return self.created_at - CLOCK_SLIP <= now < self.ends_at", "return True",
        f"{ACCOUNT}test_an_idle_session_ends_after_an_hour",
    ),
    Defense(
        "a one-time link is used once", f"{ACCOUNTS}db/tokens.py",
        "where token_sha256 = ? and used_at is null\"\n                \" and expires",
        "where token_sha256 = ?\"\n                \" and expires",
        "tests/accounts/db/test_people.py::test_a_one_time_link_is_used_once",
    ),
    Defense(
        "a group's pages are its own", f"{CORE}permissions.py",
        "return any(grants(m, can) and covers(m, scope) for m in actor.memberships)",
        "return any(grants(m, can) for m in actor.memberships)",
        "tests/assessments/views/test_workflow_abuse.py::test_another_groups_pages_look_like_nothing_at_all",
    ),
    Defense(
        "what nobody can see stands in no name", f"{CORE}free_text.py",
        'REFUSED = frozenset({"Cc", "Cs", "Cf", "Co", "Cn"})', "REFUSED = frozenset({})",
        "tests/core/web/test_attacks.py::test_a_name_holds_nothing_that_cannot_be_seen",
    ),
    Defense(
        "no text is a formula in an export", f"{CORE}exports.py",
        'STARTS_A_FORMULA = ("=", "+", "-", "@", "\\t", "\\r")', 'STARTS_A_FORMULA = ("\\t",)',
        "tests/core/test_exports.py::test_csv_never_hands_a_spreadsheet_a_formula",
    ),
    Defense(
        "typed fields are counted before they are read", f"{WEB}upload_limit.py",
        'if len(raw) > most or raw.count(b"&") >= MOST_FIELDS:', "if len(raw) > most:",
        "tests/core/web/test_upload_limit.py::test_more_fields_than_any_page_has_are_refused_in_words",
    ),
    Defense(
        "JSON is taken for no form", f"{WEB}forms.py",
        "None if request.is_json else super()", "super()",
        "tests/core/web/test_hostile_requests.py::test_json_is_taken_for_no_form",
    ),
    Defense(
        "a workbook's macros and links are refused", f"{CORE}tables/spreadsheet.py",
        'NEVER = ("vbaproject", "externallinks/", "activex/", "embeddings/")', "NEVER = ()",
        "tests/assessments/test_workbook.py::test_macros_links_and_controls_are_refused",
    ),
    Defense(
        "what a workbook unpacks to is counted", f"{CORE}tables/spreadsheet.py",
        "            if size > allowed or (", "            if False and (",
        "tests/assessments/test_workbook.py::test_a_bomb_is_refused_while_it_is_counted",
    ),
    Defense(
        "a sheet holds no entities", f"{CORE}tables/spreadsheet.py",
        'NOT_XML = (b"<!DOCTYPE", b"<!ENTITY")', "NOT_XML = ()",
        "tests/assessments/test_workbook.py::test_entities_are_refused",
    ),
    Defense(
        "a document calls nobody and reads no file", f"{CORE}pdf/worker.py",
        'return Closed({f"app:{name}": fonts.face(name) for name in fonts.FACES})',
        "return URLFetcher()",
        "tests/core/pdf/test_worker.py::test_no_document_reads_a_file",
    ),
    Defense(
        "a row that was changed by hand has the wrong mark", f"{CORE}verification.py",
        "elif marked != content_of(key, table, row):", "elif False:",
        "tests/core/test_verification.py::test_whatever_is_changed_by_hand_is_found",
    ),
    Defense(
        "the lines of the history hang together", f"{CORE}audit.py",
        '(row["seq"], row["before_sha256"], row["sha256"]) != (expected, before, hashed)',
        'row["seq"] != expected',
        "tests/core/test_audit.py::test_a_line_that_was_changed_removed_or_cut_is_found",
    ),
    Defense(
        "a fault of ours logs nothing that was typed", f"{WEB}error_handlers.py",
        "errors.without_content(exc_info[1])", "exc_info[1]",
        "tests/core/web/test_hostile_requests.py::"
        "test_an_address_writes_no_line_of_its_own_into_the_log",
    ),
)  # fmt: skip
