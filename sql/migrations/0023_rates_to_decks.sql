-- +goose NO TRANSACTION
-- +goose Up
-- The rates that were there become version 1 of the deck of their provider and
-- tier, in force all along.
INSERT INTO decks (provider_id, tier, version, state, publish_at, rates, comment, created_at)
SELECT r.provider_id, r.tier, 1, 'published', '2000-01-01', COUNT(*), 'what the table rates held', UTC_TIMESTAMP(3)
FROM rates r
WHERE NOT EXISTS (SELECT 1 FROM decks d WHERE d.provider_id = r.provider_id AND d.tier = r.tier)
GROUP BY r.provider_id, r.tier
ORDER BY r.provider_id, r.tier;
