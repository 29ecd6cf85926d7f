-- +goose NO TRANSACTION
-- +goose Up
-- The Tandems that share this database, each with its last sign of life.
CREATE TABLE IF NOT EXISTS nodes (
  name       VARCHAR(64) NOT NULL,
  seen_at    DATETIME(3) NOT NULL, -- UTC
  busy_at    DATETIME(3) NULL, -- UTC, when it last let a call in; NULL: never
  started_at DATETIME(3) NOT NULL, -- UTC
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
