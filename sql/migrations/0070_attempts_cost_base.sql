-- +goose NO TRANSACTION
-- +goose Up
-- What an attempt costs in the base currency, by the exchange rate of its call:
-- sums over providers need one currency. MariaDB adds the column at once.
ALTER TABLE attempts
  ADD COLUMN IF NOT EXISTS cost_base DECIMAL(19,6) NULL; -- NULL: not known
