-- +goose NO TRANSACTION
-- +goose Up
-- Reasons take the place of plan and dropped, whose contents are not kept.
-- MariaDB does this at once, whatever the size of the table.
ALTER TABLE calls
  ADD COLUMN IF NOT EXISTS reasons        BLOB        NULL AFTER reason, -- all candidates with cost and reason, in the form of package routing; NULL: no start report yet
  ADD COLUMN IF NOT EXISTS routing_number VARCHAR(15) NULL AFTER b_number, -- of a ported number; NULL: the B-number itself
  DROP COLUMN IF EXISTS plan,
  DROP COLUMN IF EXISTS dropped;
