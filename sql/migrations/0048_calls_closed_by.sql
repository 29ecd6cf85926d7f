-- +goose NO TRANSACTION
-- +goose Up
-- From now on a call is closed by whoever closes it.
ALTER TABLE calls ALTER COLUMN closed_by SET DEFAULT NULL;
