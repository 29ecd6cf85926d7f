-- +goose NO TRANSACTION
-- +goose Up
-- How routes carry calls.
-- Take one grain at a time: an hour is in its day once more. Ratios do not add up:
-- of several rows take SUM(answers) / SUM(seizures).
CREATE OR REPLACE SQL SECURITY INVOKER VIEW vw_quality_routes AS
SELECT q.level, ELT(q.level + 1, '5m', 'hour', 'day') AS grain,  -- ask by level: 0, 1, 2, which is indexed
       q.bucket AS began_at,                                    -- UTC
       q.provider_id, p.providername AS provider, q.tier,       -- noncli, cli, premium
       q.gate_id,
       q.country, q.prefix, q.network,                          -- of the called number
       q.bids, q.seizures, q.effective, q.answers, q.short_answers,
       q.talk_ms / 60000 AS talk_minutes,
       q.cost, q.sale, q.sale - q.cost AS margin,               -- base currency
       q.blame_caller, q.blame_called, q.blame_route, q.blame_us, -- failed attempts by whose doing they were
       q.answers / NULLIF(q.bids, 0) AS abr,                    -- answer bid ratio
       q.answers / NULLIF(q.seizures, 0) AS asr,                -- answer seizure ratio
       q.effective / NULLIF(q.seizures, 0) AS ner,              -- network effectiveness ratio
       q.talk_ms / 1000 / NULLIF(q.answers, 0) AS acd_seconds,  -- average call duration
       q.short_answers / NULLIF(q.answers, 0) AS short_share    -- of answers
FROM quality_routes q
LEFT JOIN providers p ON p.id = q.provider_id;
