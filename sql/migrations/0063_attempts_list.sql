-- +goose NO TRANSACTION
-- +goose Up
-- What lists of attempts look for: a time, a provider.
ALTER TABLE attempts
  ADD KEY IF NOT EXISTS attempts_started (started_at),
  ADD KEY IF NOT EXISTS attempts_provider (provider_id, started_at);
