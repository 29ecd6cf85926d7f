-- +goose NO TRANSACTION
-- +goose Up
-- The failed calls of a customer are what support asks for first, and mostly there
-- are few: by calls_account all calls of the customer would be read to find them.
ALTER TABLE calls
  ADD KEY IF NOT EXISTS calls_account_disposition (account_id, disposition, started_at);
