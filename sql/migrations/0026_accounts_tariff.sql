-- +goose NO TRANSACTION
-- +goose Up
-- What an account's calls are sold by, how much may go on at once, and what it
-- is not to be routed to. Prices here are in the base currency.
ALTER TABLE accounts
  ADD COLUMN IF NOT EXISTS channels           INT           NOT NULL DEFAULT 0 AFTER min_tier, -- calls at the same time; 0: no limit
  ADD COLUMN IF NOT EXISTS cps                INT           NOT NULL DEFAULT 0 AFTER channels, -- new calls a second; 0: no limit
  ADD COLUMN IF NOT EXISTS tariff_id          INT           NULL AFTER cps, -- NULL: not known
  ADD COLUMN IF NOT EXISTS no_loss            TINYINT(1)    NOT NULL DEFAULT 1 AFTER tariff_id, -- 1: no route that costs more than the tariff brings
  ADD COLUMN IF NOT EXISTS max_per_minute     DECIMAL(14,8) NULL AFTER no_loss, -- NULL: any
  ADD COLUMN IF NOT EXISTS max_connection_fee DECIMAL(18,6) NULL AFTER max_per_minute, -- NULL: any
  ADD KEY IF NOT EXISTS accounts_tariff (tariff_id),
  ADD CONSTRAINT accounts_tariff FOREIGN KEY IF NOT EXISTS (tariff_id) REFERENCES tariffs (id);
