-- +goose NO TRANSACTION
-- +goose Up
-- Finished bids to providers, with what was heard of those that were answered.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW vw_quality_attempts AS
SELECT a.call_id, a.n,                          -- the attempt
       a.started_at,                            -- UTC, when the bid was made
       a.provider_id, a.tier, a.gate_id,        -- to whom
       c.server, c.account_id, c.b_number,      -- of the call
       a.result, a.sip_status, a.cause, a.blame,
       a.rang <> 0 OR a.progress <> 0 OR COALESCE(a.sip_status > 100 AND a.sip_status < 200, 0) OR COALESCE(a.pdd_ms > 0, 0)
         OR a.result IN ('answered', 'busy', 'no_answer') AS seized, -- 1: the far side took it up (a decline has rung)
       a.result IN ('answered', 'busy', 'no_answer')
         OR COALESCE(a.result = 'failed' AND a.rang <> 0 AND a.cause = 21, 0) AS effective, -- 1: the called party was reached
       a.result = 'answered' AS answered,
       a.result = 'answered' AND a.talk_ms < 6000 AS short_answer, -- 1: nobody says anything useful in that
       IF(a.result = 'answered', a.talk_ms, 0) AS talk_ms,
       IF(a.pdd_ms > 0, a.pdd_ms, NULL) AS pdd_ms, -- post-dial delay
       COALESCE(a.cost_base, IF(a.cost IS NOT NULL AND a.result = 'answered', c.cost_base, NULL))
         AS cost,                               -- base currency; NULL: not known. Before 0070 only the call had it
       IF(a.result = 'answered' AND NOT EXISTS
         (SELECT 1 FROM attempts l WHERE l.call_id = a.call_id AND l.month = a.month AND l.n > a.n AND l.result = 'answered'),
         c.sale_base, NULL) AS sale,            -- base currency, of the call, once: with its last answered attempt
       a.result = 'answered' AND COALESCE(a.rtp_mos, 0) > 0 AS scored, -- 1: enough media came to tell how it sounded
       a.result = 'answered' AND COALESCE(a.rtp_received, 0) = 0 AND COALESCE(a.rtp_sent, 0) >= 100 AS silent, -- 1: media went, none came
       a.rtp_received, a.rtp_lost, a.rtp_sent,  -- packets; NULL: not known, or no media passed Asterisk
       a.rtp_jitter_us, a.rtp_rtt_us,           -- microseconds
       a.rtp_mos / 100 AS mos                   -- estimate, 1 to 4.5
FROM attempts a
LEFT JOIN calls c ON c.call_id = a.call_id AND c.month = a.month
WHERE a.result <> 'in_progress' AND a.provider_id > 0;
