-- +goose NO TRANSACTION
-- +goose Up
-- Numbers that moved to another network. No triggers: one is looked up at a time.
CREATE TABLE IF NOT EXISTS ported_numbers (
  number         VARCHAR(15) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- E.164
  routing_number VARCHAR(15) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- digits to route by instead
  changed_at     DATETIME(3) NOT NULL, -- UTC
  PRIMARY KEY (number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
