-- +goose NO TRANSACTION
-- +goose Up
-- How calls to countries are carried.
-- Take one grain at a time: an hour is in its day once more. Ratios do not add up:
-- of several rows take SUM(answers) / SUM(seizures).
CREATE OR REPLACE SQL SECURITY INVOKER VIEW vw_quality_destinations AS
SELECT q.level, ELT(q.level + 1, '5m', 'hour', 'day') AS grain,  -- ask by level: 0, 1, 2, which is indexed
       q.bucket AS began_at,                                    -- UTC
       q.country,                                               -- of the called number, ISO 3166-1 alpha-2
       q.bids, q.seizures, q.effective, q.answers, q.short_answers,
       q.talk_ms / 60000 AS talk_minutes,
       q.cost, q.sale, q.sale - q.cost AS margin,               -- base currency
       q.blame_caller, q.blame_called, q.blame_route, q.blame_us, -- failed attempts by whose doing they were
       q.answers / NULLIF(q.bids, 0) AS abr,                    -- answer bid ratio
       q.answers / NULLIF(q.seizures, 0) AS asr,                -- answer seizure ratio
       q.effective / NULLIF(q.seizures, 0) AS ner,              -- network effectiveness ratio
       q.talk_ms / 1000 / NULLIF(q.answers, 0) AS acd_seconds,  -- average call duration
       q.short_answers / NULLIF(q.answers, 0) AS short_share,   -- of answers
       q.rtp_legs, q.rtp_silent,                                -- answers: media came; media went and none came
       q.rtp_expected, q.rtp_lost,                              -- packets
       q.rtp_jitter_us, q.rtp_mos,                              -- sums over rtp_legs: microseconds, MOS x 100
       q.rtp_lost / NULLIF(q.rtp_expected, 0) AS loss,          -- of packets
       q.rtp_jitter_us / 1000 / NULLIF(q.rtp_legs, 0) AS jitter_ms,
       q.rtp_mos / 100 / NULLIF(q.rtp_legs, 0) AS mos,          -- 1 to 4.5
       q.rtp_silent / NULLIF(q.rtp_silent + q.rtp_legs, 0) AS silent_share,
       q.pdd_0, q.pdd_1, q.pdd_2, q.pdd_3, q.pdd_4,             -- post-dial delays in 32 columns, packed as in the table; they add up
       MOD(q.pdd_0, 999999999) + MOD(q.pdd_1, 999999999) + MOD(q.pdd_2, 999999999) + MOD(q.pdd_3, 999999999) + MOD(q.pdd_4, 999999999)
         AS pdd_calls,                                          -- bids whose delay is known: the columns of nine digits add up to the remainder by 10^9 - 1
       CAST(SUBSTR(LPAD(q.pdd_0, 63, 0), 55, 9) * 25 + SUBSTR(LPAD(q.pdd_0, 63, 0), 46, 9) * 56.5 + SUBSTR(LPAD(q.pdd_0, 63, 0), 37, 9) * 70.5 + SUBSTR(LPAD(q.pdd_0, 63, 0), 28, 9) * 88 + SUBSTR(LPAD(q.pdd_0, 63, 0), 19, 9) * 110 + SUBSTR(LPAD(q.pdd_0, 63, 0), 10, 9) * 137.5 + SUBSTR(LPAD(q.pdd_0, 63, 0), 1, 9) * 172
         + SUBSTR(LPAD(q.pdd_1, 63, 0), 55, 9) * 214.5 + SUBSTR(LPAD(q.pdd_1, 63, 0), 46, 9) * 268 + SUBSTR(LPAD(q.pdd_1, 63, 0), 37, 9) * 335.5 + SUBSTR(LPAD(q.pdd_1, 63, 0), 28, 9) * 419.5 + SUBSTR(LPAD(q.pdd_1, 63, 0), 19, 9) * 524 + SUBSTR(LPAD(q.pdd_1, 63, 0), 10, 9) * 655 + SUBSTR(LPAD(q.pdd_1, 63, 0), 1, 9) * 818.5
         + SUBSTR(LPAD(q.pdd_2, 63, 0), 55, 9) * 1023 + SUBSTR(LPAD(q.pdd_2, 63, 0), 46, 9) * 1279 + SUBSTR(LPAD(q.pdd_2, 63, 0), 37, 9) * 1598.5 + SUBSTR(LPAD(q.pdd_2, 63, 0), 28, 9) * 1998 + SUBSTR(LPAD(q.pdd_2, 63, 0), 19, 9) * 2498 + SUBSTR(LPAD(q.pdd_2, 63, 0), 10, 9) * 3122.5 + SUBSTR(LPAD(q.pdd_2, 63, 0), 1, 9) * 3903
         + SUBSTR(LPAD(q.pdd_3, 63, 0), 55, 9) * 4879 + SUBSTR(LPAD(q.pdd_3, 63, 0), 46, 9) * 6098.5 + SUBSTR(LPAD(q.pdd_3, 63, 0), 37, 9) * 7623 + SUBSTR(LPAD(q.pdd_3, 63, 0), 28, 9) * 9529 + SUBSTR(LPAD(q.pdd_3, 63, 0), 19, 9) * 11911.5 + SUBSTR(LPAD(q.pdd_3, 63, 0), 10, 9) * 14889.5 + SUBSTR(LPAD(q.pdd_3, 63, 0), 1, 9) * 18612
         + SUBSTR(LPAD(q.pdd_4, 63, 0), 55, 9) * 23264.5 + SUBSTR(LPAD(q.pdd_4, 63, 0), 46, 9) * 29080.5 + SUBSTR(LPAD(q.pdd_4, 63, 0), 37, 9) * 36351 + SUBSTR(LPAD(q.pdd_4, 63, 0), 28, 9) * 40390
         AS DECIMAL(24,1)) AS pdd_total_ms                      -- of these bids, each with the middle of its column
FROM quality_destinations q;
