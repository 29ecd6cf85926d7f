-- +goose NO TRANSACTION
-- +goose Up
-- How long answered calls talk, by leading digits of the B-number; the empty
-- prefix is all calls. Made from calls from time to time, all at once, and told
-- by one row of change_log.
CREATE TABLE IF NOT EXISTS call_lengths (
  prefix  VARCHAR(15) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seconds INT         NOT NULL, -- started seconds of talk
  calls   BIGINT      NOT NULL,
  PRIMARY KEY (prefix, seconds)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
