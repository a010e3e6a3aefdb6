-- People, groups, payers and the history

create table people (
    id text primary key,
    name text not null,
    email text not null collate nocase unique,
    password_hash text,
    is_active integer not null default 1,
    created_at text not null
) strict;

create table groups (
    id text primary key,
    name text not null,
    is_synthetic integer not null default 0,
    created_at text not null
) strict;

create table sites (
    id text primary key,
    group_id text not null references groups on delete cascade,
    name text not null
) strict;

create index sites_of_group on sites (group_id);

create table payers (
    id text primary key,
    name text not null,
    is_synthetic integer not null default 0,
    created_at text not null
) strict;

create table memberships (
    id text primary key,
    person_id text not null references people,
    role text not null,
    group_id text references groups on delete cascade,
    payer_id text references payers on delete cascade,
    may_attest integer not null default 0,
    started_at text not null,
    ended_at text
) strict;

create index memberships_of_person on memberships (person_id);

create index memberships_of_group on memberships (group_id);

create index memberships_of_payer on memberships (payer_id);

create table sessions (
    token_sha256 text primary key,
    person_id text not null references people,
    created_at text not null,
    seen_at text not null,
    ended_at text
) strict;

create index sessions_of_person on sessions (person_id);

create table letters (
    token_sha256 text primary key,
    purpose text not null,
    email text not null collate nocase,
    person_id text references people,
    role text,
    group_id text references groups on delete cascade,
    payer_id text references payers on delete cascade,
    may_attest integer not null default 0,
    name text not null default '',
    written_by text,
    written_at text not null,
    expires_at text not null,
    used_at text
) strict;

create table attempts (
    key text not null,
    at text not null
) strict;

create index attempts_by_key on attempts (key, at);

create table events (
    seq integer primary key autoincrement,
    at text not null,
    actor_id text not null,
    verb text not null,
    object_kind text not null,
    object_id text not null,
    group_id text,
    payer_id text,
    detail text not null,
    before_sha256 text not null,
    sha256 text not null
) strict;

create index events_of_group on events (group_id, seq);

create index events_of_payer on events (payer_id, seq);

create trigger events_are_never_changed before update on events
begin select raise(abort, 'the history is append-only'); end;

create trigger events_are_never_removed before delete on events
begin select raise(abort, 'the history is append-only'); end;

-- Cycles, assessments, sharing, review and runs

create table cycles (
    id text primary key,
    payer_id text not null references payers on delete cascade,
    name text not null,
    instrument_id text not null,
    version text not null,
    opens_on text not null,
    due_on text not null,
    axis_min text not null default '{}',
    closed_at text,
    created_at text not null,
    created_by text not null
) strict;

create index cycles_of_payer on cycles (payer_id);

create table assessments (
    id text primary key,
    group_id text not null references groups on delete cascade,
    instrument_id text not null,
    version text not null,
    instrument_sha256 text not null,
    title text not null,
    status text not null,
    created_at text not null,
    cycle_id text references cycles,
    due_on text,
    carried_from text,
    revision integer not null,
    changed_at text not null
) strict;

create index assessments_of_group on assessments (group_id, created_at);

create index assessments_of_cycle on assessments (cycle_id);

create table invitations (
    cycle_id text not null references cycles on delete cascade,
    group_id text not null references groups on delete cascade,
    invited_at text not null,
    invited_by text not null,
    answered_at text,
    answered_by text,
    accepted integer,
    assessment_id text references assessments on delete cascade,
    primary key (cycle_id, group_id)
) strict;

create index invitations_of_group on invitations (group_id);

create table grants (
    id text primary key,
    group_id text not null references groups on delete cascade,
    payer_id text not null references payers on delete cascade,
    cycle_id text references cycles,
    granted_at text not null,
    granted_by text not null,
    expires_on text,
    revoked_at text,
    revoked_by text
) strict;

create index grants_of_group on grants (group_id);

create index grants_of_payer on grants (payer_id, group_id);

create table answers (
    assessment_id text not null references assessments on delete cascade,
    item_id text not null,
    revision integer not null,
    kind text,
    level integer,
    reason text not null default '',
    note text not null default '',
    author_id text not null,
    at text not null,
    is_carried integer not null default 0,
    primary key (assessment_id, item_id, revision)
) strict;

create table context (
    assessment_id text not null references assessments on delete cascade,
    key text not null,
    revision integer not null,
    value text not null,
    author_id text not null,
    at text not null,
    primary key (assessment_id, key, revision)
) strict;

create index context_by_key on context (key);

create table submissions (
    assessment_id text not null references assessments on delete cascade,
    number integer not null,
    at text not null,
    author_id text not null,
    attested_name text not null,
    statement text not null,
    reference text not null unique,
    answers_sha256 text not null,
    primary key (assessment_id, number)
) strict;

create table submitted_answers (
    assessment_id text not null,
    number integer not null,
    item_id text not null,
    revision integer not null,
    primary key (assessment_id, number, item_id),
    foreign key (assessment_id, number) references submissions on delete cascade
) strict;

create table reviews (
    id integer primary key,
    assessment_id text not null references assessments on delete cascade,
    number integer not null,
    item_id text not null,
    decision text not null,
    validated_level integer,
    reason text not null,
    reviewer_id text not null,
    at text not null
) strict;

create index reviews_of_submission on reviews (assessment_id, number, item_id);

create table runs (
    id text primary key,
    assessment_id text not null references assessments on delete cascade,
    number integer,
    kind text not null,
    engine_version text not null,
    instrument_sha256 text not null,
    inputs_sha256 text not null,
    inputs text not null,
    result text not null,
    at text not null
) strict;

create index runs_of_assessment on runs (assessment_id, at);

create table standings (
    group_id text primary key references groups on delete cascade,
    assessment_id text references assessments on delete cascade,
    run_id text references runs,
    run_kind text,
    tier text,
    provisional integer,
    tier_expires_on text,
    limiting_factor text not null default '',
    qms real,
    eqr real,
    domains text not null default '{}',
    screened integer,
    eligible integer,
    open_gates text not null default '[]',
    quarters integer not null default 0,
    changed_at text not null
) strict;

-- Social-risk counts: revisions per cell

create table counts (
    group_id text not null references groups on delete cascade,
    site_id text not null default '',
    period text not null,
    need text not null,
    step text not null,
    stratum_type text not null default 'total',
    stratum text not null default 'total',
    revision integer not null,
    value integer,
    author_id text not null,
    at text not null,
    primary key (group_id, site_id, period, need, step, stratum_type, stratum, revision)
) strict;

create table count_explanations (
    group_id text not null references groups on delete cascade,
    period text not null,
    finding text not null,
    revision integer not null,
    says text not null,
    explanation text not null,
    author_id text not null,
    at text not null,
    primary key (group_id, period, finding, revision)
) strict;

create table periods (
    group_id text not null references groups on delete cascade,
    period text not null,
    state text not null,
    revision integer not null,
    changed_at text not null,
    changed_by text not null,
    primary key (group_id, period)
) strict;

-- Plans: the proposal, and every edit as a revision of one action

create table plans (
    id text primary key,
    group_id text not null references groups on delete cascade,
    assessment_id text not null references assessments on delete cascade,
    run_id text not null references runs on delete cascade,
    starts_on text not null,
    proposed text not null,
    created_at text not null,
    created_by text not null
) strict;

create index plans_of_group on plans (group_id, created_at);

create table plan_actions (
    plan_id text not null references plans on delete cascade,
    action_id text not null,
    revision integer not null,
    position integer not null,
    body text not null,
    author_id text not null,
    at text not null,
    primary key (plan_id, action_id, revision)
) strict;

-- Work in the background, and uploads

create table jobs (
    id text primary key,
    kind text not null,
    group_id text references groups on delete cascade,
    payer_id text references payers on delete cascade,
    asked_by text not null,
    state text not null,
    done integer not null default 0,
    total integer not null default 0,
    says text not null default '',
    result_id text not null default '',
    asked_at text not null,
    beat_at text not null,
    ended_at text
) strict;

create index jobs_of_group on jobs (group_id, state);

create index jobs_by_result on jobs (result_id);

create table uploads (
    id text primary key,
    group_id text not null references groups on delete cascade,
    sha256 text not null,
    state text not null,
    report text not null default '{}',
    author_id text not null,
    at text not null,
    decided_by text,
    decided_at text
) strict;

create index uploads_of_group on uploads (group_id, at);

create table upload_quarters (
    upload_id text not null references uploads on delete cascade,
    period text not null,
    is_taken integer not null default 0,
    primary key (upload_id, period)
) strict;

create table upload_counts (
    upload_id text not null references uploads on delete cascade,
    site_id text not null,
    period text not null,
    need text not null,
    step text not null,
    stratum_type text not null,
    stratum text not null,
    value integer not null,
    primary key (upload_id, site_id, period, need, step, stratum_type, stratum)
) strict;

-- Quality counts, and how race, ethnicity and language are known: revisions per cell

create table measure_counts (
    group_id text not null references groups on delete cascade,
    period text not null,
    measure_id text not null,
    stratum_type text not null default 'total',
    stratum text not null default 'total',
    part text not null,
    is_estimated integer not null default 0,
    revision integer not null,
    value integer,
    author_id text not null,
    at text not null,
    primary key (
        group_id, period, measure_id, stratum_type, stratum, part, is_estimated, revision
    )
) strict;

create table known_counts (
    group_id text not null references groups on delete cascade,
    period text not null,
    field text not null,
    known text not null,
    origin text not null default '',
    site_id text not null default '',
    revision integer not null,
    value integer,
    author_id text not null,
    at text not null,
    primary key (group_id, period, field, known, origin, site_id, revision)
) strict;

create table sample_counts (
    group_id text not null references groups on delete cascade,
    period text not null,
    recorded text not null,
    asked text not null,
    revision integer not null,
    value integer,
    author_id text not null,
    at text not null,
    primary key (group_id, period, recorded, asked, revision)
) strict;

create table quality_periods (
    group_id text not null references groups on delete cascade,
    period text not null,
    reference text not null default '',
    state text not null,
    revision integer not null,
    changed_at text not null,
    changed_by text not null,
    primary key (group_id, period)
) strict;

-- What left a group, and apart from it the counts that it rests on

create table releases (
    group_id text not null references groups on delete cascade,
    period text not null,
    number integer not null,
    made_at text not null,
    threshold integer not null,
    method text not null,
    rounds integer not null,
    shown integer not null,
    hidden integer not null,
    hidden_share real not null,
    primary key (group_id, period, number)
) strict;

create table released_cells (
    group_id text not null,
    period text not null,
    number integer not null,
    need text not null,
    step text not null,
    stratum_type text not null,
    stratum text not null,
    value integer,
    primary key (group_id, period, number, need, step, stratum_type, stratum),
    foreign key (group_id, period, number) references releases on delete cascade
) strict;

create table release_grounds (
    group_id text not null,
    period text not null,
    number integer not null,
    need text not null,
    step text not null,
    stratum_type text not null,
    stratum text not null,
    value integer not null,
    primary key (group_id, period, number, need, step, stratum_type, stratum),
    foreign key (group_id, period, number) references releases on delete cascade
) strict;

create table quality_releases (
    group_id text not null references groups on delete cascade,
    period text not null,
    number integer not null,
    made_at text not null,
    threshold integer not null,
    method text not null,
    rounds integer not null,
    shown integer not null,
    hidden integer not null,
    hidden_share real not null,
    primary key (group_id, period, number)
) strict;

create table released_quality_cells (
    group_id text not null,
    period text not null,
    number integer not null,
    measure_id text not null,
    stratum_type text not null,
    stratum text not null,
    part text not null,
    is_estimated integer not null,
    field text not null,
    known text not null,
    origin text not null,

    value integer,
    primary key (group_id, period, number, measure_id, stratum_type, stratum, part, is_estimated,
        field, known, origin),
    foreign key (group_id, period, number) references quality_releases on delete cascade
) strict;

create table quality_release_grounds (
    group_id text not null,
    period text not null,
    number integer not null,
    measure_id text not null,
    stratum_type text not null,
    stratum text not null,
    part text not null,
    is_estimated integer not null,
    field text not null,
    known text not null,
    origin text not null,

    value integer not null,
    primary key (group_id, period, number, measure_id, stratum_type, stratum, part, is_estimated,
        field, known, origin),
    foreign key (group_id, period, number) references quality_releases on delete cascade
) strict;

-- The incentive laboratory

create table laboratory_runs (
    id text primary key,
    payer_id text not null references payers on delete cascade,
    asked_by text not null,
    asked_at text not null,
    designs text not null,
    settings text not null,
    numbers text not null
) strict;

create index laboratory_runs_of_payer on laboratory_runs (payer_id, asked_at);

create table laboratory_outcomes (
    run_id text primary key references laboratory_runs on delete cascade,
    outcome text not null,
    engine text not null,
    at text not null
) strict;

-- Money awarded, spent and still needed

create table postings (
    id text primary key,
    group_id text not null references groups on delete cascade,
    assessment_id text not null references assessments on delete cascade,
    action_id text not null,
    kind text not null,
    cents integer not null check (cents >= 0),
    day text not null,
    payer text not null,
    note text not null,
    author_id text not null,
    at text not null,
    corrects text unique references postings on delete cascade
) strict;

create index postings_of_an_assessment on postings (assessment_id, action_id);

create index postings_of_a_group on postings (group_id, day);

create trigger postings_are_never_changed before update on postings
begin select raise(abort, 'postings are only ever added'); end;

create table still_needed (
    id text primary key,
    group_id text not null references groups on delete cascade,
    assessment_id text not null references assessments on delete cascade,
    action_id text not null,
    low integer not null,
    likely integer not null,
    high integer not null,
    note text not null,
    author_id text not null,
    at text not null
) strict;

create index still_needed_of_an_assessment on still_needed (assessment_id, action_id);

create trigger still_needed_is_never_changed before update on still_needed
begin select raise(abort, 'estimates are only ever added'); end;

-- Scenarios of a budget and their answers

create table allocations (
    id text primary key,
    payer_id text not null references payers on delete cascade,
    parent_id text references allocations on delete cascade,
    name text not null,
    asked_by text not null,
    asked_at text not null,
    settings text not null,
    seed integer not null
) strict;

create trigger allocations_are_never_changed before update on allocations
begin select raise(abort, 'scenarios and their answers are only ever added'); end;

create table allocation_answers (
    allocation_id text primary key references allocations on delete cascade,
    at text not null,
    solver text not null,
    offers text not null,
    problem text not null,
    answer text not null
) strict;

create trigger allocation_answers_are_never_changed before update on allocation_answers
begin select raise(abort, 'scenarios and their answers are only ever added'); end;

create table allocation_stabilities (
    allocation_id text not null references allocations on delete cascade,
    number integer not null,
    at text not null,
    runs integer not null,
    seed integer not null,
    found text not null,
    primary key (allocation_id, number)
) strict;

create trigger allocation_stabilities_are_never_changed before update on allocation_stabilities
begin select raise(abort, 'scenarios and their answers are only ever added'); end;

create table allocation_replays (
    allocation_id text not null references allocations on delete cascade,
    number integer not null,
    at text not null,
    solver text not null,
    is_same integer not null,
    primary key (allocation_id, number)
) strict;

create trigger allocation_replays_are_never_changed before update on allocation_replays
begin select raise(abort, 'scenarios and their answers are only ever added'); end;

create index allocations_of_payer on allocations (payer_id, asked_at);
