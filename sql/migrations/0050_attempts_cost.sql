-- +goose NO TRANSACTION
-- +goose Up
-- What the provider charges for an attempt.
ALTER TABLE attempts
  ADD COLUMN IF NOT EXISTS cost             DECIMAL(19,6) NULL, -- NULL: not known
  ADD COLUMN IF NOT EXISTS cost_currency_id INT           NULL;
