-- +goose NO TRANSACTION
-- +goose Up
-- One row per changed row of a configuration table, written by triggers in the
-- same transaction. Every Tandem polls it and loads the configuration anew.
CREATE TABLE IF NOT EXISTS change_log (
  id    BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  topic VARCHAR(32)     NOT NULL, -- the table
  at    DATETIME(3)     NOT NULL, -- UTC
  PRIMARY KEY (id),
  KEY change_log_at (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
