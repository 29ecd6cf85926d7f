-- +goose NO TRANSACTION
-- +goose Up
-- Accounts that have a tariff get a balance in its currency, or their calls
-- would be refused. They stay what they were: postpaid, without a limit.
INSERT INTO balances (account_id, currency_id, opened_at)
SELECT a.id, t.currency_id, UTC_TIMESTAMP(3)
FROM accounts a
JOIN tariffs t ON t.id = a.tariff_id
WHERE NOT EXISTS (SELECT 1 FROM balances b WHERE b.account_id = a.id);
