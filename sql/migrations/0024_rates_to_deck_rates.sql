-- +goose NO TRANSACTION
-- +goose Up
-- Only into decks that have no rows yet: after a run that died before it was
-- recorded there is nothing left to do.
INSERT INTO deck_rates (deck_id, prefix, n, per_minute, connection_fee, first_s, next_s, effective_from, effective_to)
SELECT d.id, r.prefix, ROW_NUMBER() OVER (PARTITION BY d.id, r.prefix ORDER BY r.effective_from) - 1,
       r.per_minute, r.connection_fee, r.first_s, r.next_s, r.effective_from, r.effective_to
FROM rates r
JOIN decks d ON d.provider_id = r.provider_id AND d.tier = r.tier AND d.version = 1
WHERE NOT EXISTS (SELECT 1 FROM deck_rates there WHERE there.deck_id = d.id);
