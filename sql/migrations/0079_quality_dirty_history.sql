-- +goose NO TRANSACTION
-- +goose Up
-- What was recorded before is counted, too.
INSERT IGNORE INTO quality_dirty (level, bucket, mark, at)
SELECT DISTINCT 0, TIMESTAMP(DATE(started_at), MAKETIME(HOUR(started_at), MINUTE(started_at) DIV 5 * 5, 0)), 0, '2000-01-01' FROM attempts;
