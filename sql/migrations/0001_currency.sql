-- +goose NO TRANSACTION
-- +goose Up
-- Currencies that providers bill in.
CREATE TABLE IF NOT EXISTS currency (
  id      INT          NOT NULL AUTO_INCREMENT,
  iso     CHAR(3)      NOT NULL, -- ISO 4217, e.g. RUB
  name_en VARCHAR(64)  NOT NULL,
  name_ru VARCHAR(64)  NOT NULL DEFAULT '',
  numcode SMALLINT     NOT NULL, -- ISO 4217 numeric
  PRIMARY KEY (id),
  UNIQUE KEY currency_iso (iso)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
