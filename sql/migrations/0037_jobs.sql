-- +goose NO TRANSACTION
-- +goose Up
-- Work that one process at a time does for all: who has it, and how far it has
-- come. A lease, because named locks of MariaDB end at the Galera node.
CREATE TABLE IF NOT EXISTS jobs (
  name        VARCHAR(64) NOT NULL,
  owner       VARCHAR(64) NOT NULL,
  lease_until DATETIME(3) NOT NULL, -- UTC; the past: nobody has it
  done_to     DATETIME(3) NULL, -- UTC; calls before it are done
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
