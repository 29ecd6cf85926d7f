-- +goose NO TRANSACTION
-- +goose Up
-- Rules may ask where the number called is from and what kind it is, and for the
-- hour of the day there.
ALTER TABLE policy_rules
  ADD COLUMN IF NOT EXISTS types      VARCHAR(255)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '', -- mobile,premium and so on; empty: any
  ADD COLUMN IF NOT EXISTS countries  VARCHAR(1000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '', -- ISO 3166-1 alpha-2 with commas between, 001: global services; empty: any
  ADD COLUMN IF NOT EXISTS regions    VARCHAR(1000) NOT NULL DEFAULT '', -- cities, areas, states in English with ; between; empty: any
  ADD COLUMN IF NOT EXISTS quiet_from SMALLINT      NULL, -- minute of the day where the number may ring; NULL: at any hour
  ADD COLUMN IF NOT EXISTS quiet_to   SMALLINT      NULL; -- not included; before quiet_from: over midnight
