-- +goose NO TRANSACTION
-- +goose Up
-- Why attempts ended as they did.
-- Take one grain at a time: an hour is in its day once more.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW vw_quality_causes AS
SELECT q.level, ELT(q.level + 1, '5m', 'hour', 'day') AS grain,  -- ask by level: 0, 1, 2, which is indexed
       q.bucket AS began_at,                                    -- UTC
       q.provider_id, p.providername AS provider, q.tier,       -- noncli, cli, premium
       q.country,                                               -- of the called number, ISO 3166-1 alpha-2
       q.result, q.sip_status, q.cause, q.blame,                -- status and cause 0: none, or a rare one
       q.bids
FROM quality_causes q
LEFT JOIN providers p ON p.id = q.provider_id;
