-- +goose NO TRANSACTION
-- +goose Up
-- What lists of calls look for: a number, a telephone, who brought the call.
-- calls_b_number also serves the search for the last agent, in its order, so
-- the index that did goes.
ALTER TABLE calls
  ADD KEY IF NOT EXISTS calls_b_number (b_number, started_at, direction, subscriber_id),
  ADD KEY IF NOT EXISTS calls_a_number (a_number, started_at),
  ADD KEY IF NOT EXISTS calls_subscriber (subscriber_id, started_at),
  ADD KEY IF NOT EXISTS calls_provider (provider_id, started_at),
  DROP KEY IF EXISTS calls_last_agent;
