-- +goose NO TRANSACTION
-- +goose Up
-- Times whose quality has to be counted anew. Who writes a record adds a row of
-- its own, in the same transaction; who counts deletes the rows that it has seen.
-- So nobody waits for anybody, and no node of a Galera cluster undoes another.
CREATE TABLE IF NOT EXISTS quality_dirty (
  level  TINYINT UNSIGNED NOT NULL, -- 0: 5 minutes, 1: an hour, 2: a day
  bucket DATETIME(3)      NOT NULL, -- UTC, when it begins
  mark   BIGINT UNSIGNED  NOT NULL, -- drawn by who writes
  at     DATETIME(3)      NOT NULL DEFAULT UTC_TIMESTAMP(3),
  PRIMARY KEY (level, bucket, mark)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
