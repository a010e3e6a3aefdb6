"""Mapping files to begin from, one for each shape of table."""

from __future__ import annotations

from readiness.imports.mapping_models import MappingShape

LONG = """\
# What the columns of a long table mean: one line for each answer (or for each need judged).
# Lines that begin with # are for you. Names in quotation marks are those of your own file.

shape = "long"

# The instrument, if the whole file holds one. Left out, it is told from the questions.
instrument = "ahc_hrsn"

# How dates such as 7/3/2026 are meant: "month first" or "day first". 2026-07-03 needs no saying.
dates = "month first"

# Columns that are not needed. They are dropped unread; a * at the end stands for the rest.
ignore = ["PATIENT_NAME", "PHONE", "NOTE_*"]

# Questions that are answered by a number in your file, such as a total score.
numbers = ["95614-4"]

[columns]
patient = "MRN"            # told apart by a keyed hash within one run, never kept
date = "SCREEN_DATE"       # the day of the screen
question = "QUESTION"
answer = "ANSWER"
# Where your file has judged already, name these two in place of question and answer:
#   need = "DOMAIN"
#   result = "RESULT"
# All others may be left out.
status = "STATUS"          # final, preliminary, entered-in-error ...
issued = "UPDATED"         # of two answers to one question on one day the later one counts
flag = "POSITIVE_FLAG"     # compared with our own judgment, never believed
site = "CLINIC"
race = "RACE"              # several in one cell: separate them by ;
ethnicity = "ETHNICITY"
language = "LANGUAGE"
payer = "PAYER"
sex = "SEX"
born = "BIRTH_DATE"        # or age = "AGE", in years on the day of the screen
#   group = "GROUP"

[questions]                # your name for a question = its LOINC code
"Food worry" = "88122-7"
"Food ran out" = "88123-5"
"Transport" = "93030-5"

[answers]                  # your answers, for every question
"Yes" = "LA33-6"
"No" = "LA32-8"
"Refused" = "declined"     # or "unknown", or "not_asked"

[answers."88122-7"]        # and for one question alone
"Often" = "LA28397-0"
"Sometimes" = "LA6729-3"
"Never" = "LA28398-8"

[answers."88123-5"]
"Often" = "LA28397-0"
"Sometimes" = "LA6729-3"
"Never" = "LA28398-8"

[statuses]
"F" = "final"
"P" = "preliminary"
"X" = "entered-in-error"

[flags]
"Y" = true
"N" = false

[values.site]
"Elm Street Clinic" = "elm"

[values.race]              # CDC codes (2106-3) and our own names need no line here
"Black or African American" = "black"
"White or Caucasian" = "white"

[values.language]
"English" = "english"
"Spanish" = "spanish"

# Where your file has judged already:
# [needs]
# "Food insecurity" = "food"
# [results]
# "At risk" = "positive"
# "No risk" = "negative"
"""

REDCAP = """\
# What the fields of a wide export mean: one line for each record, one column for each field.
# Made for REDCap, good for any wide table. Names in quotation marks are those of your own file.

shape = "redcap"                   # or "wide", which is the same

# The instrument, if the form is one. Left out, it is told from the questions.
instrument = "prapare"

# How dates such as 7/3/2026 are meant: "month first" or "day first". 2026-07-03 needs no saying.
dates = "month first"

# Columns that are not needed. They are dropped unread; a * at the end stands for the rest.
# REDCap's own (redcap_event_name, redcap_repeat_instance ...) need no mention.
ignore = ["first_name", "last_name", "phq9_*"]

[columns]
patient = "record_id"              # told apart by a keyed hash within one run, never kept;
                                   # several together: ["name", "birth_date"]
date = "screen_date"               # or the form's own time: "social_needs_timestamp"
# All others may be left out.
complete = "social_needs_complete" # 2 (Complete) counts; other records are held
issued = "social_needs_timestamp"  # of two forms on one day the later one counts
site = "redcap_data_access_group"
race = "race"                      # a field of check boxes (race___1 ...) may be named as well
ethnicity = "ethnicity"
language = "language"
payer = "insurance"
born = "birth_date"                # or age = "age"

[fields.housing]                   # [fields.<name of the field>]
question = "71802-3"               # its LOINC code
[fields.housing.answers]           # what the export holds (raw codes or labels) = answer code
"1" = "LA30189-7"
"2" = "LA30190-5"
"9" = "declined"                   # or "unknown", or "not_asked"

[fields.needs]                     # check boxes: needs___1, needs___2 ...
question = "93031-3"
[fields.needs.answers]
"1" = "LA30125-1"
"2" = "LA30126-9"
"3" = "LA30124-4"
"9" = "declined"

[fields.income]
question = "63586-2"               # answered by a number

[fields.safety_need]               # a field that has judged already
need = "safety"
[fields.safety_need.results]
"1" = "positive"
"0" = "negative"
"9" = "declined"

[fields.food_help]                 # a field of what followed a need that the form finds
need = "food"
about = "wants_help"               # or referred, outcome, outcome_date, resolved, intervention
[fields.food_help.results]
"1" = "yes"
"0" = "no"
[results]                          # words of all such fields that have none of their own
"Yes" = "positive"
"No" = "negative"
"N/A" = "not_asked"                # as good as a blank

[values.race]                      # CDC codes (2106-3) and our own names need no line here
"1" = "white"
"2" = "black"

[values.language]
"1" = "english"
"2" = "spanish"
"""

FHIR = """\
# What the link ids of a form of your own mean. Forms whose link ids are LOINC codes need none.

shape = "fhir"

# The instrument, if every form is one; or by the form's address, below.
instrument = "prapare"

ignore = ["welcome", "signature"]  # link ids that are passed over

[questionnaires]
"https://example.org/Questionnaire/social-needs" = "prapare"

[questions]                        # link id = LOINC code
"1.1" = "71802-3"
"1.2" = "93030-5"

[answers]                          # codes or words of your own, for every question
"Y" = "LA33-6"
"N" = "LA32-8"
"Refused" = "declined"             # or "unknown", or "not_asked"

[answers."71802-3"]                # and for one question alone
"housed" = "LA30189-7"
"unhoused" = "LA30190-5"
"""

VISITS = """\
# What the columns of a list of visits mean: one line for each patient and day that they were seen.
# Sent together with the screens, it tells how many patients were eligible in a quarter.

shape = "visits"

# How dates such as 7/3/2026 are meant: "month first" or "day first". 2026-07-03 needs no saying.
dates = "month first"

# Columns that are not needed. They are dropped unread; a * at the end stands for the rest.
ignore = ["PATIENT_NAME", "VISIT_TYPE", "NOTE_*"]

[columns]
patient = "MRN"            # the same as in the screens; told apart by a keyed hash, never kept
date = "VISIT_DATE"        # the day of the visit
# All others may be left out.
site = "CLINIC"
race = "RACE"              # several in one cell: separate them by ;
ethnicity = "ETHNICITY"
language = "LANGUAGE"
payer = "PAYER"
sex = "SEX"
born = "BIRTH_DATE"        # or age = "AGE", in years on the day of the visit
#   group = "GROUP"

[values.site]
"Elm Street Clinic" = "elm"

[values.payer]             # our own names need no line here
"Medicaid MCO" = "medicaid"
"""

DIAGNOSES = """\
# What the columns of a list of diagnoses mean: one line for each patient, day and code. Codes Z55
# to Z65 of ICD-10-CM tell of how many patients a need is documented. A diagnosis is no screen: it
# is counted by itself, and whoever has one alone was neither screened nor eligible.

shape = "diagnoses"

# How dates such as 7/3/2026 are meant: "month first" or "day first". 2026-07-03 needs no saying.
dates = "month first"

# Columns that are not needed. They are dropped unread; a * at the end stands for the rest.
ignore = ["PATIENT_NAME", "DX_NAME", "NOTE_*"]

[columns]
patient = "MRN"            # the same as in the screens; told apart by a keyed hash, never kept
date = "RECORDED_ON"       # the day that the diagnosis was recorded
code = "ICD10"             # Z59.41 or Z5941; several in one cell: separate them by ;
# All others may be left out.
site = "CLINIC"
language = "LANGUAGE"
payer = "PAYER"
#   group, race, ethnicity, sex, born (or age), as in a list of visits

[values.site]
"Elm Street Clinic" = "elm"
"""

REFERRALS = """\
# What the columns of a list of referrals mean: one line for each patient and need. Sent together
# with the screens, it tells what followed the needs that they found.

shape = "referrals"

# How dates such as 7/3/2026 are meant: "month first" or "day first". 2026-07-03 needs no saying.
dates = "month first"

# Columns that are not needed. They are dropped unread; a * at the end stands for the rest.
ignore = ["PATIENT_NAME", "AGENCY", "NOTE_*"]

[columns]
patient = "MRN"                 # the same as in the screens
need = "DOMAIN"
# One or more of these:
wants_help = "WANTS_HELP"       # yes or no
referred = "REFERRED_ON"        # the day of the referral, or yes or no
outcome = "OUTCOME"             # words of your own, see below
outcome_date = "OUTCOME_ON"     # the day that the outcome became known
resolved = "RESOLVED_ON"        # the day that the need was met, or yes or no
intervention = "HELPED_ON"      # the day of any other help, such as counseling
#   screened = "SCREEN_DATE"    # the day of the screen that a line belongs to

[needs]                         # your name for a need = ours
"Food insecurity" = "food"
"Unstable housing" = "housing_instability"
"Rides" = "transportation"

[outcomes]                      # "connected", "not connected" or "open"
"Service received" = "connected"
"Could not be reached" = "not connected"
"Waiting" = "open"

[values.wants_help]             # yes, y, true, 1 and no, n, false, 0 need no line here
"Interested" = "yes"
"Not interested" = "no"
"""

EXAMPLES = {
    MappingShape.LONG: LONG,
    MappingShape.REDCAP: REDCAP,
    MappingShape.FHIR: FHIR,
    MappingShape.VISITS: VISITS,
    MappingShape.DIAGNOSES: DIAGNOSES,
    MappingShape.REFERRALS: REFERRALS,
}
