-- +goose NO TRANSACTION
-- +goose Up
-- How much may go on over a provider at once: calls at the same time, and new calls a
-- second. 0: no limit.
ALTER TABLE providers
  ADD COLUMN IF NOT EXISTS channels INT NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS cps      INT NOT NULL DEFAULT 0;
