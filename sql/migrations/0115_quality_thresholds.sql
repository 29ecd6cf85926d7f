-- +goose NO TRANSACTION
-- +goose Up
-- From where on reports show a measure as poor; both limits may be missing.
CREATE TABLE IF NOT EXISTS quality_thresholds (
  measure VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- of package quality: asr, pdd_p95, …
  warn    BIGINT NULL, -- shares: millionths; times: ms; money: millionths of the base currency
  bad     BIGINT NULL,
  PRIMARY KEY (measure)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
