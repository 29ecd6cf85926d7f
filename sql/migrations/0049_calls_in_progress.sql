-- +goose NO TRANSACTION
-- +goose Up
-- Calls that were in progress are not closed. Others without an end are none.
UPDATE calls SET closed_by = NULL WHERE disposition = 'in_progress' AND ended_at IS NULL AND closed_by IS NOT NULL;
