-- +goose NO TRANSACTION
-- +goose Up
-- How much may go on over a gate at once: calls at the same time, and new calls a
-- second. 0: no limit.
ALTER TABLE gates
  ADD COLUMN IF NOT EXISTS channels INT NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS cps      INT NOT NULL DEFAULT 0;
