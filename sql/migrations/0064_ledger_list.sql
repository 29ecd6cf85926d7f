-- +goose NO TRANSACTION
-- +goose Up
-- What lists of the whole ledger look for: a time, a kind. Those of a party have
-- their index.
ALTER TABLE ledger
  ADD KEY IF NOT EXISTS ledger_at (at),
  ADD KEY IF NOT EXISTS ledger_kind (kind, at);
