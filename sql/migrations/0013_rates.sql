-- +goose NO TRANSACTION
-- +goose Up
-- What a provider charges for a tier to a prefix, in the provider's currency.
CREATE TABLE IF NOT EXISTS rates (
  id             BIGINT        NOT NULL AUTO_INCREMENT,
  provider_id    INT           NOT NULL,
  tier           VARCHAR(7)    NOT NULL, -- noncli, cli, premium; a provider without prefixes: cli
  prefix         VARCHAR(15)   NOT NULL, -- leading digits of the B-number
  per_minute     DECIMAL(14,8) NOT NULL,
  connection_fee DECIMAL(18,6) NOT NULL DEFAULT 0, -- once, on answer
  first_s        SMALLINT      NOT NULL DEFAULT 60, -- first increment
  next_s         SMALLINT      NOT NULL DEFAULT 60, -- every further increment
  effective_from DATETIME(3)   NOT NULL, -- UTC
  effective_to   DATETIME(3)   NULL, -- UTC, not included; NULL: no end known
  PRIMARY KEY (id),
  UNIQUE KEY rates_key (provider_id, tier, prefix, effective_from),
  CONSTRAINT rates_provider FOREIGN KEY (provider_id) REFERENCES providers (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
