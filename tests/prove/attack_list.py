"""Sixty attacks and bad inputs, and for each the tests that fail where its defense is missing."""

from __future__ import annotations

from dataclasses import dataclass

ATTACKS_TESTED = "tests/core/web/test_attacks.py::"
ANSWERING = "tests/assessments/views/test_answering_hostile.py::"
ABUSE = "tests/assessments/views/test_workflow_abuse.py::"
ODD = "tests/core/web/test_hostile_requests.py::"
BOOK = "tests/assessments/test_workbook.py::"
TABLES = "tests/core/tables/test_reader.py::"
UPLOAD = "tests/prove/test_prove_inside.py::test_no_hostile_file_is_taken"
GUARD = "tests/core/web/test_guard.py::"
ACCOUNT = "tests/accounts/views/test_account.py::"
SECOND = "tests/accounts/views/test_second_step.py::"
TEAM = "tests/accounts/views/test_team.py::"
THROTTLE = "tests/accounts/views/test_throttle.py::"
LIMIT = "tests/core/web/test_upload_limit.py::"
EXPORTS = "tests/core/test_exports.py::"
WORKER = "tests/core/pdf/test_worker.py::"
STRANGE_BODY = f"{ANSWERING}test_a_strange_body_is_refused_with_a_sentence"
STRANGE_FACT = f"{ANSWERING}test_a_strange_fact_is_refused_with_a_sentence"
STRANGE_FORM = f"{ANSWERING}test_a_strange_form_is_refused_with_a_sentence"


@dataclass(frozen=True)
class Attack:
    number: int
    what: str
    tests: tuple[str, ...]


def attack(number: int, what: str, *tests: str) -> Attack:
    return Attack(number, what, tests)


BAD_INPUT = (
    attack(1, "half a surrogate pair in JSON", STRANGE_BODY),
    attack(2, "a whole number of more than 64 bits", STRANGE_BODY),
    attack(
        3, "an id of twenty digits and more", f"{ATTACKS_TESTED}test_a_strange_address_is_not_found"
    ),
    attack(
        4,
        "a list or an object in place of a text",
        STRANGE_BODY,
        f"{ODD}test_json_is_taken_for_no_form",
    ),
    attack(5, "JSON nested tens of thousands deep", STRANGE_BODY),
    attack(6, "NaN", STRANGE_BODY, STRANGE_FACT),
    attack(7, "a number beyond the largest", STRANGE_BODY, STRANGE_FACT),
    attack(8, "the same key twice", STRANGE_BODY, f"{ANSWERING}test_a_field_sent_twice_is_refused"),
    attack(9, "true where a number belongs", STRANGE_BODY),
    attack(
        10,
        "NUL and control characters",
        STRANGE_BODY,
        f"{ATTACKS_TESTED}test_a_name_holds_nothing_that_cannot_be_seen",
    ),
    attack(
        11,
        "a sign that turns the writing around",
        f"{ATTACKS_TESTED}test_a_name_holds_nothing_that_cannot_be_seen",
    ),
    attack(
        12,
        "a body that is not UTF-8",
        STRANGE_BODY,
        f"{ANSWERING}test_a_form_in_another_encoding_is_kept_as_readable_text",
    ),
    attack(13, "a number of thousands of digits", STRANGE_BODY, STRANGE_FACT),
    attack(14, "an answer out of range, negative, broken or padded", STRANGE_BODY),
    attack(
        15,
        "a question that nobody asked, or of another version",
        f"{ANSWERING}test_an_item_that_is_not_asked_is_not_found",
        STRANGE_FORM,
    ),
    attack(16, "a megabyte where a note belongs", STRANGE_BODY, STRANGE_FORM),
    attack(
        17, "thousands of parts in one body", f"{ODD}test_more_parts_than_any_page_has_are_refused"
    ),
    attack(
        18,
        "thousands of typed fields",
        STRANGE_FORM,
        f"{LIMIT}test_more_fields_than_any_page_has_are_refused_in_words",
        f"{LIMIT}test_a_small_post_of_a_stranger_is_neither_read_nor_shown_again",
    ),
    attack(
        19,
        "more bytes than are taken, declared or not",
        f"{ATTACKS_TESTED}test_more_than_a_form_holds_is_refused_in_words",
        f"{LIMIT}test_too_much_is_refused_with_how_much_may_be_sent",
    ),
    attack(
        20,
        "counts that cannot be: parts above wholes, below zero, over 100 percent, in the future",
        f"{ATTACKS_TESTED}test_what_is_no_count_is_not_counted",
        f"{ATTACKS_TESTED}test_a_quarter_that_has_not_begun_takes_no_counts",
        "tests/counts/social_risk/test_checks.py::test_a_part_may_be_as_large_as_its_whole_and_no_larger",
        STRANGE_FACT,
    ),
)
FILES = (
    attack(
        21,
        "a workbook that unpacks without measure",
        UPLOAD,
        f"{BOOK}test_a_bomb_is_refused_while_it_is_counted",
    ),
    attack(22, "a workbook that declares less than it unpacks to", UPLOAD),
    attack(
        23,
        "entities in a sheet, from inside and outside",
        UPLOAD,
        f"{BOOK}test_entities_are_refused",
    ),
    attack(
        24, "one cell in the farthest corner", UPLOAD, f"{BOOK}test_a_cell_far_outside_is_refused"
    ),
    attack(25, "macros", UPLOAD, f"{BOOK}test_macros_links_and_controls_are_refused"),
    attack(26, "a PDF by the name of a table", UPLOAD),
    attack(
        27,
        "a table with NUL, an open quotation mark, ten megabytes in a cell",
        UPLOAD,
        f"{TABLES}test_a_quotation_mark_that_is_never_closed_is_told_where_it_stands",
        f"{TABLES}test_what_is_no_text_is_refused",
    ),
    attack(
        28,
        "tables in other encodings",
        f"{TABLES}test_every_spelling_of_a_table_gives_the_same_rows",
        f"{TABLES}test_what_is_no_text_is_refused",
    ),
    attack(
        29,
        "headings twice or missing",
        UPLOAD,
        f"{TABLES}test_headings_that_cannot_be_told_apart_are_refused",
    ),
    attack(30, "names of files that climb, break lines or never end", UPLOAD),
    attack(
        31,
        "the same file twice",
        "tests/imports/service/test_review.py::test_the_same_content_is_recognized",
        "tests/imports/service/test_review.py::test_taking_over_happens_once",
    ),
    attack(
        32,
        "an import that stops in the middle",
        "tests/imports/service/test_screens.py::test_a_run_can_be_stopped_and_nothing_is_left",
        "tests/faults/test_pages.py::test_a_file_is_refused_in_words_and_nothing_of_it_is_shown_again",
    ),
)
INJECTION = (
    attack(
        33,
        "markup and script in whatever can be typed",
        "tests/prove/test_prove_inside.py::test_no_fuzzed_input_is_a_fault_or_slips_through",
        f"{ANSWERING}test_odd_text_is_shown_as_text_on_every_page",
        f"{ATTACKS_TESTED}test_what_is_typed_into_a_plan_is_shown_as_text",
    ),
    attack(
        34,
        "the same in the titles and labels of drawings",
        "tests/core/pdf/test_layout.py::test_every_chart_can_be_read_without_seeing_it",
        f"{ATTACKS_TESTED}test_what_is_typed_into_a_plan_is_shown_as_text",
    ),
    attack(
        35,
        "the same on paper, and addresses of files and machines",
        "tests/core/pdf/test_printer.py::test_what_was_typed_is_text_and_never_markup",
        f"{WORKER}test_no_document_calls_anybody",
        f"{WORKER}test_no_document_reads_a_file",
    ),
    attack(
        36,
        "formulas in whatever is exported",
        f"{EXPORTS}test_csv_never_hands_a_spreadsheet_a_formula",
        f"{EXPORTS}test_a_workbook_never_runs_or_links_a_text",
        f"{ATTACKS_TESTED}test_no_name_or_note_runs_in_a_spreadsheet",
    ),
    attack(
        37,
        "templates and format strings in text",
        f"{ATTACKS_TESTED}test_what_is_typed_into_a_plan_is_shown_as_text",
        "tests/core/pdf/test_printer.py::test_what_was_typed_is_text_and_never_markup",
    ),
    attack(
        38,
        "SQL in what is searched, sorted and filtered by",
        f"{ATTACKS_TESTED}test_a_strange_question_in_an_address_is_answered_calmly",
        "tests/accounts/db/test_people.py::test_search_takes_every_character_literally",
    ),
    attack(
        39,
        "line breaks into headers and the log",
        f"{ODD}test_a_name_in_an_address_makes_no_header",
        f"{ODD}test_an_address_writes_no_line_of_its_own_into_the_log",
        f"{GUARD}test_neither_a_one_time_token_nor_what_was_typed_stands_in_the_log",
    ),
    attack(40, "being led to another site", f"{ATTACKS_TESTED}test_signing_in_leads_nowhere_else"),
)
WHO = (
    attack(
        41,
        "a form without its token",
        f"{GUARD}test_a_form_without_its_token_is_refused_with_a_page",
    ),
    attack(
        42,
        "a form of another site",
        f"{GUARD}test_another_sites_form_is_refused_whatever_token_it_carries",
    ),
    attack(
        43,
        "a link that changes something",
        f"{ODD}test_no_address_that_changes_something_is_opened_by_a_link",
    ),
    attack(
        44,
        "a session prepared before signing in",
        f"{ACCOUNT}test_a_session_id_brought_along_opens_nothing",
    ),
    attack(
        45,
        "a cookie after signing out, a new password, disabling",
        f"{ACCOUNT}test_signing_out_ends_the_session_on_the_server",
        f"{ACCOUNT}test_a_changed_password_ends_the_other_sessions",
        f"{ACCOUNT}test_a_changed_password_renews_the_session",
        f"{ACCOUNT}test_a_disabled_person_is_out_at_once",
    ),
    attack(
        46,
        "a session left idle, or kept for ever",
        f"{ACCOUNT}test_an_idle_session_ends_after_an_hour",
        f"{ACCOUNT}test_a_busy_session_ends_after_twelve_hours",
    ),
    attack(
        47,
        "guessing passwords, by account and by machine",
        f"{ACCOUNT}test_the_eleventh_try_waits_even_with_the_right_password",
        f"{THROTTLE}test_a_machine_that_guesses_waits_whomever_it_tries",
        f"{THROTTLE}test_an_account_is_not_guessed_from_many_machines_either",
        f"{THROTTLE}test_of_many_tries_at_once_no_more_are_looked_at_than_one_after_the_other",
    ),
    attack(
        48,
        "finding out who has an account, by words or by time",
        f"{ACCOUNT}test_a_wrong_password_and_an_unknown_person_read_the_same",
        f"{ATTACKS_TESTED}test_nobody_is_found_by_what_a_stranger_signs_in_with",
        f"{THROTTLE}test_an_unknown_name_costs_what_a_known_one_costs",
    ),
    attack(
        49,
        "a code used twice, or guessed",
        f"{SECOND}test_a_code_is_taken_once",
        f"{SECOND}test_a_wrong_code_is_refused_and_the_sixth_has_to_wait",
    ),
    attack(
        50,
        "a one-time link used twice, too late, or by another",
        f"{TEAM}test_a_link_works_once",
        f"{TEAM}test_a_link_to_a_new_password_lasts_an_hour_and_ends_every_session",
        f"{TEAM}test_nobody_joins_with_somebody_elses_invitation",
    ),
    attack(
        51,
        "a host name that is not ours",
        f"{GUARD}test_a_host_name_that_is_not_ours_is_refused",
        f"{GUARD}test_pages_are_refused_where_any_name_would_be_answered_to",
    ),
    attack(
        52,
        "an invented address of origin",
        f"{THROTTLE}test_a_made_up_forwarded_address_starts_no_new_count",
        f"{GUARD}test_behind_a_proxy_the_visitors_own_address_counts",
    ),
)
WORKFLOW = (
    attack(
        53,
        "every address, by everybody",
        "tests/core/web/test_routes.py::test_everybody_is_answered_as_the_table_says",
        "tests/core/web/test_routes.py::test_every_address_has_its_row_and_every_row_its_address",
    ),
    attack(
        54,
        "one's own group with a part of another's",
        f"{TEAM}test_ids_of_another_team_are_not_found",
        f"{ABUSE}test_another_groups_pages_look_like_nothing_at_all",
    ),
    attack(
        55,
        "fields that no form has",
        f"{ABUSE}test_fields_that_no_form_has_assign_nothing",
        STRANGE_BODY,
        STRANGE_FORM,
    ),
    attack(
        56,
        "steps out of order, and judging oneself",
        f"{ABUSE}test_each_state_allows_its_own_moves_only",
        f"{ABUSE}test_an_incomplete_assessment_is_not_taken_in",
        f"{ABUSE}test_nobody_reviews_their_own_group",
        "tests/assessments/service/test_review.py::test_changes_are_requested_only_with_something_to_change",
    ),
    attack(
        57,
        "a page that somebody else has overtaken",
        f"{ABUSE}test_two_who_answer_an_item_at_once_keep_both_answers",
        "tests/assessments/views/test_answering.py::test_a_stale_page_gets_both_answers",
    ),
    attack(
        58,
        "a payer after what was not shared, or hidden counts",
        "tests/portfolio/test_what_payers_see.py::test_no_page_and_no_export_shows_a_count_that_was_not_released",
        "tests/disclosure/test_service.py::test_no_small_count_can_be_worked_out_from_all_releases_together",
        f"{ABUSE}test_another_payers_pages_look_like_nothing_at_all",
    ),
    attack(
        59,
        "a history that was changed, reordered or cut",
        "tests/core/test_audit.py::test_a_line_that_was_changed_removed_or_cut_is_found",
        "tests/core/test_audit.py::test_lines_that_changed_places_are_found",
        "tests/core/test_verification.py::test_whatever_is_changed_by_hand_is_found",
        "tests/core/test_verification.py::"
        "test_a_tail_that_was_cut_with_its_counter_is_found_by_what_was_kept_elsewhere",
    ),
    attack(
        60,
        "odd methods, odd paths, listings and the insides of a fault",
        f"{ODD}test_no_address_takes_a_method_that_it_does_not_name",
        f"{ODD}test_an_address_of_two_slashes_leads_to_no_other_site",
        f"{ODD}test_nothing_of_the_workshop_is_served",
        f"{ATTACKS_TESTED}test_no_file_or_folder_beside_ours_is_given_out",
        f"{GUARD}test_a_fault_of_ours_is_a_page_that_tells_nothing_of_our_insides",
    ),
)
ATTACKS = (*BAD_INPUT, *FILES, *INJECTION, *WHO, *WORKFLOW)
