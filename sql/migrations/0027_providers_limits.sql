-- +goose NO TRANSACTION
-- +goose Up
-- How much may go on over a provider at once.
ALTER TABLE providers
  ADD COLUMN IF NOT EXISTS channels INT NOT NULL DEFAULT 0, -- calls at the same time; 0: no limit
  ADD COLUMN IF NOT EXISTS cps      INT NOT NULL DEFAULT 0; -- new calls a second; 0: no limit
