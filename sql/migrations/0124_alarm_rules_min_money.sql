-- +goose NO TRANSACTION
-- +goose Up
-- Four times a cent is nothing to wake anybody for.
ALTER TABLE alarm_rules
  ADD COLUMN IF NOT EXISTS min_money DECIMAL(19,6) NOT NULL DEFAULT 0 AFTER min_samples; -- base currency; of rise: now, of drop: in the past; 0: any
