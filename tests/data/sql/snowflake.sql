-- Patients by need and stratum, as a table of counts to send. Closed quarters only.
-- Reads results: one row for each result of a need.
-- Every column has to be there; one that you do not have is NULL in every row.
--
--   group_id      text; needed; the physician group, as the program names it
--   site_id       text; its site; who has none counts for the group as a whole alone
--   patient       any type; needed; what tells patients apart; never returned
--   screened_on   date; needed; the day of the screen
--   instrument    text; the instrument: a result replaces only those of its own
--   need          text; needed; one of food, housing, transportation, utilities, safety, financial,
--                 digital, social, housing_instability, homelessness, inadequate_housing, employment,
--                 education, stress, insurance, literacy, material
--   result        text; needed; one of positive, negative, declined, unknown, incomplete
--   status        text; as FHIR has it; none counts as final
--   issued        timestamp; when the result was written; of one day the latest counts
--   version       integer; of those written at the same time the highest counts
--   language      text; one of english, spanish, other, declined, unknown
--   race_omb2024  text; one of aian, asian, black, hispanic, mena, nhpi, white, multiple, other,
--                 declined, unknown
--   payer         text; one of commercial, medicaid, medicare, dual, uninsured, other, unknown
--   race_omb1997  text; one of aian, asian, black, nhpi, white, multiple, other, declined, unknown
--   ethnicity     text; one of hispanic, not_hispanic, declined, unknown
--   age           text; one of 0-17, 18-64, 65+, unknown
--   sex           text; one of female, male, other, unknown
WITH events AS (
  SELECT
    group_id,
    site_id,
    patient,
    screened_on,
    need,
    status,
    issued,
    version,
    CAST(DATE_PART(YEAR, screened_on) AS INT) * 10 + CAST(DATE_PART(QUARTER, screened_on) AS INT) AS quarter,
    CASE result
      WHEN 'positive'
      THEN 1
      WHEN 'negative'
      THEN 2
      WHEN 'declined'
      THEN 3
      WHEN 'unknown'
      THEN 4
      WHEN 'incomplete'
      THEN 5
    END AS place,
    CASE language
      WHEN 'english'
      THEN 101
      WHEN 'spanish'
      THEN 102
      WHEN 'other'
      THEN 103
      WHEN 'declined'
      THEN 104
    END AS language,
    CASE race_omb2024
      WHEN 'aian'
      THEN 201
      WHEN 'asian'
      THEN 202
      WHEN 'black'
      THEN 203
      WHEN 'hispanic'
      THEN 204
      WHEN 'mena'
      THEN 205
      WHEN 'nhpi'
      THEN 206
      WHEN 'white'
      THEN 207
      WHEN 'multiple'
      THEN 208
      WHEN 'other'
      THEN 209
      WHEN 'declined'
      THEN 210
    END AS race_omb2024,
    CASE payer
      WHEN 'commercial'
      THEN 301
      WHEN 'medicaid'
      THEN 302
      WHEN 'medicare'
      THEN 303
      WHEN 'dual'
      THEN 304
      WHEN 'uninsured'
      THEN 305
      WHEN 'other'
      THEN 306
    END AS payer,
    CASE race_omb1997
      WHEN 'aian'
      THEN 401
      WHEN 'asian'
      THEN 402
      WHEN 'black'
      THEN 403
      WHEN 'nhpi'
      THEN 404
      WHEN 'white'
      THEN 405
      WHEN 'multiple'
      THEN 406
      WHEN 'other'
      THEN 407
      WHEN 'declined'
      THEN 408
    END AS race_omb1997,
    CASE ethnicity
      WHEN 'hispanic'
      THEN 501
      WHEN 'not_hispanic'
      THEN 502
      WHEN 'declined'
      THEN 503
    END AS ethnicity,
    CASE age WHEN '0-17' THEN 601 WHEN '18-64' THEN 602 WHEN '65+' THEN 603 END AS age,
    CASE sex WHEN 'female' THEN 701 WHEN 'male' THEN 702 WHEN 'other' THEN 703 END AS sex,
    ROW_NUMBER() OVER (
      PARTITION BY group_id, patient, instrument, screened_on, need
      ORDER BY issued DESC NULLS LAST, version DESC NULLS LAST, result
    ) AS newest
  FROM results
  WHERE
    NOT patient IS NULL
    AND NOT screened_on IS NULL
    AND need IN (
      'food',
      'housing',
      'transportation',
      'utilities',
      'safety',
      'financial',
      'digital',
      'social',
      'housing_instability',
      'homelessness',
      'inadequate_housing',
      'employment',
      'education',
      'stress',
      'insurance',
      'literacy',
      'material'
    )
    AND result IN ('positive', 'negative', 'declined', 'unknown', 'incomplete')
    AND (
      status IS NULL
      OR status IN ('final', 'amended', 'corrected', 'entered-in-error', 'cancelled', 'completed')
    )
), counted AS (
  SELECT
    *
  FROM events
  WHERE
    newest = 1
    AND (
      status IS NULL OR NOT status IN ('entered-in-error', 'cancelled')
    )
), turns AS (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY group_id, patient, quarter
      ORDER BY screened_on DESC NULLS LAST, issued DESC NULLS LAST, version DESC NULLS LAST, site_id
    ) AS turn,
    ROW_NUMBER() OVER (
      PARTITION BY group_id, patient, quarter
      ORDER BY CASE WHEN site_id IS NULL THEN 1 ELSE 0 END, screened_on DESC NULLS LAST, issued DESC NULLS LAST, version DESC NULLS LAST, site_id
    ) AS site_turn
  FROM counted
), people AS (
  SELECT
    group_id,
    patient,
    quarter,
    MAX(CASE WHEN site_turn = 1 THEN site_id END) AS site_id,
    COALESCE(MIN(turn * 10000 + language) % 10000, 100) AS language,
    COALESCE(MIN(turn * 10000 + race_omb2024) % 10000, 200) AS race_omb2024,
    COALESCE(MIN(turn * 10000 + payer) % 10000, 300) AS payer,
    COALESCE(MIN(turn * 10000 + race_omb1997) % 10000, 400) AS race_omb1997,
    COALESCE(MIN(turn * 10000 + ethnicity) % 10000, 500) AS ethnicity,
    COALESCE(MIN(turn * 10000 + age) % 10000, 600) AS age,
    COALESCE(MIN(turn * 10000 + sex) % 10000, 700) AS sex,
    MIN(CASE WHEN need = 'food' THEN place END) AS food,
    MIN(CASE WHEN need = 'housing' THEN place END) AS housing,
    MIN(CASE WHEN need = 'transportation' THEN place END) AS transportation,
    MIN(CASE WHEN need = 'utilities' THEN place END) AS utilities,
    MIN(CASE WHEN need = 'safety' THEN place END) AS safety,
    MIN(CASE WHEN need = 'financial' THEN place END) AS financial,
    MIN(CASE WHEN need = 'digital' THEN place END) AS digital,
    MIN(CASE WHEN need = 'social' THEN place END) AS social,
    MIN(CASE WHEN need = 'housing_instability' THEN place END) AS housing_instability,
    MIN(CASE WHEN need = 'homelessness' THEN place END) AS homelessness,
    MIN(CASE WHEN need = 'inadequate_housing' THEN place END) AS inadequate_housing,
    MIN(CASE WHEN need = 'employment' THEN place END) AS employment,
    MIN(CASE WHEN need = 'education' THEN place END) AS education,
    MIN(CASE WHEN need = 'stress' THEN place END) AS stress,
    MIN(CASE WHEN need = 'insurance' THEN place END) AS insurance,
    MIN(CASE WHEN need = 'literacy' THEN place END) AS literacy,
    MIN(CASE WHEN need = 'material' THEN place END) AS material
  FROM turns
  GROUP BY
    group_id,
    patient,
    quarter
), housed AS (
  SELECT
    group_id,
    site_id,
    quarter,
    language,
    CASE
      WHEN ethnicity = 501 AND race_omb2024 IN (200, 210, 209, 204)
      THEN 204
      WHEN ethnicity = 501
      THEN 208
      ELSE race_omb2024
    END AS race_omb2024,
    payer,
    race_omb1997,
    ethnicity,
    age,
    sex,
    food,
    housing,
    transportation,
    utilities,
    safety,
    financial,
    digital,
    social,
    housing_instability,
    homelessness,
    inadequate_housing,
    employment,
    education,
    stress,
    insurance,
    literacy,
    material,
    LEAST_IGNORE_NULLS(
      CASE WHEN housing = 2 THEN 8 ELSE COALESCE(housing, 9) END,
      CASE WHEN housing_instability = 2 THEN 8 ELSE COALESCE(housing_instability, 9) END,
      CASE WHEN homelessness = 2 THEN 8 ELSE COALESCE(homelessness, 9) END,
      CASE WHEN inadequate_housing = 2 THEN 8 ELSE COALESCE(inadequate_housing, 9) END
    ) AS housed
  FROM people
), fives AS (
  SELECT
    *,
    LEAST_IGNORE_NULLS(
      housed,
      LEAST_IGNORE_NULLS(
        CASE WHEN food = 2 THEN 8 ELSE COALESCE(food, 9) END,
        CASE WHEN transportation = 2 THEN 8 ELSE COALESCE(transportation, 9) END,
        CASE WHEN utilities = 2 THEN 8 ELSE COALESCE(utilities, 9) END,
        CASE WHEN safety = 2 THEN 8 ELSE COALESCE(safety, 9) END
      )
    ) AS five,
    CASE WHEN housed IN (1, 8) THEN 1 ELSE 0 END + CASE WHEN food <= 2 THEN 1 ELSE 0 END + CASE WHEN transportation <= 2 THEN 1 ELSE 0 END + CASE WHEN utilities <= 2 THEN 1 ELSE 0 END + CASE WHEN safety <= 2 THEN 1 ELSE 0 END AS clear
  FROM housed
), judged AS (
  SELECT
    *,
    CASE housed WHEN 8 THEN 2 WHEN 9 THEN NULL ELSE housed END AS any_housing,
    CASE
      WHEN clear > 0 AND five > 2 AND five < 8
      THEN 6
      ELSE CASE five WHEN 8 THEN 2 WHEN 9 THEN NULL ELSE five END
    END AS any_need,
    CASE
      WHEN clear BETWEEN 1 AND 4
      THEN 5
      ELSE CASE five WHEN 8 THEN 2 WHEN 9 THEN NULL ELSE five END
    END AS all_five
  FROM fives
), each_need AS (
  SELECT
    judged.*,
    needs.number AS need,
    CASE needs.number
      WHEN 1
      THEN food
      WHEN 2
      THEN any_housing
      WHEN 3
      THEN transportation
      WHEN 4
      THEN utilities
      WHEN 5
      THEN safety
      WHEN 6
      THEN financial
      WHEN 7
      THEN digital
      WHEN 8
      THEN social
      WHEN 9
      THEN housing_instability
      WHEN 10
      THEN homelessness
      WHEN 11
      THEN inadequate_housing
      WHEN 12
      THEN employment
      WHEN 13
      THEN education
      WHEN 14
      THEN stress
      WHEN 15
      THEN insurance
      WHEN 16
      THEN literacy
      WHEN 17
      THEN material
      WHEN 18
      THEN any_need
      WHEN 19
      THEN all_five
    END AS place
  FROM judged
  CROSS JOIN (
    SELECT
      1 AS number
    UNION ALL
    SELECT
      2 AS number
    UNION ALL
    SELECT
      3 AS number
    UNION ALL
    SELECT
      4 AS number
    UNION ALL
    SELECT
      5 AS number
    UNION ALL
    SELECT
      6 AS number
    UNION ALL
    SELECT
      7 AS number
    UNION ALL
    SELECT
      8 AS number
    UNION ALL
    SELECT
      9 AS number
    UNION ALL
    SELECT
      10 AS number
    UNION ALL
    SELECT
      11 AS number
    UNION ALL
    SELECT
      12 AS number
    UNION ALL
    SELECT
      13 AS number
    UNION ALL
    SELECT
      14 AS number
    UNION ALL
    SELECT
      15 AS number
    UNION ALL
    SELECT
      16 AS number
    UNION ALL
    SELECT
      17 AS number
    UNION ALL
    SELECT
      18 AS number
    UNION ALL
    SELECT
      19 AS number
  ) AS needs
), tallies AS (
  SELECT
    group_id,
    site_id,
    quarter,
    need,
    CASE kinds.number
      WHEN 0
      THEN 0
      WHEN 100
      THEN language
      WHEN 200
      THEN race_omb2024
      WHEN 300
      THEN payer
      WHEN 400
      THEN race_omb1997
      WHEN 500
      THEN ethnicity
      WHEN 600
      THEN age
      WHEN 700
      THEN sex
    END AS stratum,
    SUM(CASE WHEN place = 1 THEN 1 ELSE 0 END) AS positive,
    SUM(CASE WHEN place = 2 THEN 1 ELSE 0 END) AS negative,
    SUM(CASE WHEN place = 3 THEN 1 ELSE 0 END) AS declined,
    SUM(CASE WHEN place = 4 THEN 1 ELSE 0 END) AS unknown,
    SUM(CASE WHEN place = 5 THEN 1 ELSE 0 END) AS incomplete,
    SUM(CASE WHEN place = 6 THEN 1 ELSE 0 END) AS partial
  FROM each_need
  CROSS JOIN (
    SELECT
      0 AS number
    UNION ALL
    SELECT
      100 AS number
    UNION ALL
    SELECT
      200 AS number
    UNION ALL
    SELECT
      300 AS number
    UNION ALL
    SELECT
      400 AS number
    UNION ALL
    SELECT
      500 AS number
    UNION ALL
    SELECT
      600 AS number
    UNION ALL
    SELECT
      700 AS number
  ) AS kinds
  WHERE
    NOT place IS NULL
  GROUP BY
    group_id,
    site_id,
    quarter,
    need,
    CASE kinds.number
      WHEN 0
      THEN 0
      WHEN 100
      THEN language
      WHEN 200
      THEN race_omb2024
      WHEN 300
      THEN payer
      WHEN 400
      THEN race_omb1997
      WHEN 500
      THEN ethnicity
      WHEN 600
      THEN age
      WHEN 700
      THEN sex
    END
), cells AS (
  SELECT
    COALESCE(group_id, '-') AS group_id,
    COALESCE(site_id, 'ALL') AS site_id,
    SUBSTRING(CAST(quarter AS VARCHAR), 1, 4) || '-Q' || SUBSTRING(CAST(quarter AS VARCHAR), 5, 1) AS period,
    CASE need
      WHEN 1
      THEN 'food'
      WHEN 2
      THEN 'housing'
      WHEN 3
      THEN 'transportation'
      WHEN 4
      THEN 'utilities'
      WHEN 5
      THEN 'safety'
      WHEN 6
      THEN 'financial'
      WHEN 7
      THEN 'digital'
      WHEN 8
      THEN 'social'
      WHEN 9
      THEN 'housing_instability'
      WHEN 10
      THEN 'homelessness'
      WHEN 11
      THEN 'inadequate_housing'
      WHEN 12
      THEN 'employment'
      WHEN 13
      THEN 'education'
      WHEN 14
      THEN 'stress'
      WHEN 15
      THEN 'insurance'
      WHEN 16
      THEN 'literacy'
      WHEN 17
      THEN 'material'
      WHEN 18
      THEN 'any'
      WHEN 19
      THEN 'all5'
    END AS need,
    CASE stratum - stratum % 100
      WHEN 0
      THEN 'total'
      WHEN 100
      THEN 'language'
      WHEN 200
      THEN 'race_omb2024'
      WHEN 300
      THEN 'payer'
      WHEN 400
      THEN 'race_omb1997'
      WHEN 500
      THEN 'ethnicity'
      WHEN 600
      THEN 'age'
      WHEN 700
      THEN 'sex'
    END AS stratum_type,
    CASE stratum
      WHEN 0
      THEN 'total'
      WHEN 100
      THEN 'unknown'
      WHEN 101
      THEN 'english'
      WHEN 102
      THEN 'spanish'
      WHEN 103
      THEN 'other'
      WHEN 104
      THEN 'declined'
      WHEN 200
      THEN 'unknown'
      WHEN 201
      THEN 'aian'
      WHEN 202
      THEN 'asian'
      WHEN 203
      THEN 'black'
      WHEN 204
      THEN 'hispanic'
      WHEN 205
      THEN 'mena'
      WHEN 206
      THEN 'nhpi'
      WHEN 207
      THEN 'white'
      WHEN 208
      THEN 'multiple'
      WHEN 209
      THEN 'other'
      WHEN 210
      THEN 'declined'
      WHEN 300
      THEN 'unknown'
      WHEN 301
      THEN 'commercial'
      WHEN 302
      THEN 'medicaid'
      WHEN 303
      THEN 'medicare'
      WHEN 304
      THEN 'dual'
      WHEN 305
      THEN 'uninsured'
      WHEN 306
      THEN 'other'
      WHEN 400
      THEN 'unknown'
      WHEN 401
      THEN 'aian'
      WHEN 402
      THEN 'asian'
      WHEN 403
      THEN 'black'
      WHEN 404
      THEN 'nhpi'
      WHEN 405
      THEN 'white'
      WHEN 406
      THEN 'multiple'
      WHEN 407
      THEN 'other'
      WHEN 408
      THEN 'declined'
      WHEN 500
      THEN 'unknown'
      WHEN 501
      THEN 'hispanic'
      WHEN 502
      THEN 'not_hispanic'
      WHEN 503
      THEN 'declined'
      WHEN 600
      THEN 'unknown'
      WHEN 601
      THEN '0-17'
      WHEN 602
      THEN '18-64'
      WHEN 603
      THEN '65+'
      WHEN 700
      THEN 'unknown'
      WHEN 701
      THEN 'female'
      WHEN 702
      THEN 'male'
      WHEN 703
      THEN 'other'
    END AS stratum,
    positive,
    negative,
    declined,
    unknown,
    incomplete,
    partial
  FROM tallies
), placed AS (
  SELECT
    group_id,
    CASE wholes.number WHEN 1 THEN 'ALL' ELSE site_id END AS site_id,
    period,
    need,
    stratum_type,
    stratum,
    SUM(positive) AS positive,
    SUM(negative) AS negative,
    SUM(declined) AS declined,
    SUM(unknown) AS unknown,
    SUM(incomplete) AS incomplete,
    SUM(partial) AS partial
  FROM cells
  CROSS JOIN (
    SELECT
      0 AS number
    UNION ALL
    SELECT
      1 AS number
  ) AS wholes
  WHERE
    wholes.number = 1 OR site_id <> 'ALL'
  GROUP BY
    group_id,
    CASE wholes.number WHEN 1 THEN 'ALL' ELSE site_id END,
    period,
    need,
    stratum_type,
    stratum
), told AS (
  SELECT
    *,
    MAX(CASE WHEN stratum <> 'unknown' THEN 1 ELSE 0 END) OVER (PARTITION BY stratum_type) AS is_told
  FROM placed
)
SELECT
  '1' AS schema_version,
  group_id AS group_id,
  site_id AS site_id,
  period AS period,
  CAST(CAST('2026-11-22' AS DATE) AS VARCHAR) AS as_of_date,
  'mixed' AS instrument,
  '' AS instrument_version,
  'patients' AS unit,
  need AS need,
  stratum_type AS stratum_type,
  stratum AS stratum,
  CAST(NULL AS INT) AS eligible,
  CAST(NULL AS INT) AS excluded,
  CAST(NULL AS INT) AS not_offered,
  declined AS declined,
  unknown AS unknown,
  incomplete AS incomplete,
  positive + negative + partial AS screened,
  positive AS positive,
  CAST(NULL AS INT) AS wants_help,
  CAST(NULL AS INT) AS wants_help_all,
  CAST(NULL AS INT) AS help_offered,
  CAST(NULL AS INT) AS referred_30d,
  CAST(NULL AS INT) AS intervention_30d,
  CAST(NULL AS INT) AS positive_mature,
  CAST(NULL AS INT) AS connected_30d,
  CAST(NULL AS INT) AS outcome_known,
  CAST(NULL AS INT) AS connected,
  CAST(NULL AS INT) AS resolved,
  CAST(NULL AS INT) AS csp_contact_60d
FROM told
WHERE
  is_told = 1
  AND period < CAST(DATE_PART(YEAR, CAST('2026-11-22' AS DATE)) AS VARCHAR) || '-Q' || CAST(DATE_PART(QUARTER, CAST('2026-11-22' AS DATE)) AS VARCHAR)
ORDER BY
  group_id,
  site_id,
  period,
  need,
  stratum_type,
  stratum
