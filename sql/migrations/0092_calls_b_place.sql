-- +goose NO TRANSACTION
-- +goose Up
-- Calls to a country, or to a type of number, the newest first.
ALTER TABLE calls
  ADD KEY IF NOT EXISTS calls_b_place (b_place_id, started_at, call_id);
