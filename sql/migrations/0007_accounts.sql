-- +goose NO TRANSACTION
-- +goose Up
-- Customers: how their callers dial, what they show.
CREATE TABLE IF NOT EXISTS accounts (
  id                   INT         NOT NULL AUTO_INCREMENT,
  name                 VARCHAR(64) NOT NULL,
  enabled              TINYINT(1)  NOT NULL DEFAULT 1,
  country              CHAR(2)     NOT NULL DEFAULT '', -- ISO 3166; needed for trunk_prefix
  international_prefix VARCHAR(5)  NOT NULL DEFAULT '', -- before a foreign number, e.g. 00 or 810
  trunk_prefix         VARCHAR(5)  NOT NULL DEFAULT '', -- before a national number, e.g. 0 or 8
  default_cli          VARCHAR(15) NULL, -- E.164, shown when the caller may not show its own
  min_tier             VARCHAR(7)  NOT NULL DEFAULT 'noncli', -- noncli, cli, premium: no route of a lower tier
  PRIMARY KEY (id),
  UNIQUE KEY accounts_name (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
