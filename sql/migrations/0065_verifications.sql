-- +goose NO TRANSACTION
-- +goose Up
-- The last times that the books were held against each other, and what came of it.
CREATE TABLE IF NOT EXISTS verifications (
  id         BIGINT      NOT NULL AUTO_INCREMENT,
  began_at   DATETIME(3) NOT NULL, -- UTC
  ended_at   DATETIME(3) NOT NULL, -- UTC
  node       VARCHAR(64) NOT NULL DEFAULT '', -- which Tandem; empty: a command
  findings   INT         NOT NULL, -- how many
  result     MEDIUMTEXT  NOT NULL, -- JSON, in the form of package billing
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
