-- +goose NO TRANSACTION
-- +goose Up
-- How an account pays and what it may spend. Sums are in the currency of its
-- balance.
ALTER TABLE accounts
  ADD COLUMN IF NOT EXISTS payment      VARCHAR(8)    NOT NULL DEFAULT 'postpaid', -- prepaid, postpaid
  ADD COLUMN IF NOT EXISTS credit_limit DECIMAL(18,6) NULL, -- how far below zero the balance may go; negative: a floor that is not touched; NULL: no limit, prepaid: 0
  ADD COLUMN IF NOT EXISTS low_balance  DECIMAL(18,6) NULL, -- below it the balance is low; NULL: never
  ADD COLUMN IF NOT EXISTS daily_limit  DECIMAL(18,6) NULL, -- most a day of the account's time zone; NULL: any
  ADD COLUMN IF NOT EXISTS call_limit   DECIMAL(18,6) NULL, -- most that one call may cost; NULL: any
  ADD COLUMN IF NOT EXISTS language     VARCHAR(16)   NOT NULL DEFAULT '', -- of announcements, e.g. ru; empty: Asterisk's own
  ADD COLUMN IF NOT EXISTS time_zone    VARCHAR(64)   NOT NULL DEFAULT '', -- of days, and of windows in its tariff; empty: UTC, and the deck's
  ADD COLUMN IF NOT EXISTS allow_only   TINYINT(1)    NOT NULL DEFAULT 0; -- 1: only numbers with a prefix in allow_list
