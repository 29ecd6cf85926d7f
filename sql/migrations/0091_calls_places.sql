-- +goose NO TRANSACTION
-- +goose Up
-- The places of both numbers. MariaDB does this at once, whatever the size of the
-- table; calls that are there already get theirs in the background.
ALTER TABLE calls
  ADD COLUMN IF NOT EXISTS a_place_id INT UNSIGNED NULL, -- places.id; 0: the number tells nothing; NULL: nobody has looked
  ADD COLUMN IF NOT EXISTS b_place_id INT UNSIGNED NULL;
