-- +goose NO TRANSACTION
-- +goose Up
-- What else a rate may say of how a call is billed.
ALTER TABLE deck_rates
  ADD COLUMN IF NOT EXISTS grace_s SMALLINT    NOT NULL DEFAULT 0 AFTER next_s, -- an answered call up to so many seconds costs nothing
  ADD COLUMN IF NOT EXISTS free_s  SMALLINT    NOT NULL DEFAULT 0 AFTER grace_s, -- seconds from the answer on that are not billed
  ADD COLUMN IF NOT EXISTS steps   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' AFTER free_s; -- "300:0.01,600:0.005": after 300 s of billed time 0.01 a minute
