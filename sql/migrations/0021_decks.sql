-- +goose NO TRANSACTION
-- +goose Up
-- One row a version of all prices of a provider for a tier, or of a tariff. Of
-- the published ones of an owner and tier the latest that is not in the future
-- is in force: the greatest (publish_at, id). Its rows are never changed then.
-- Who edits them by hand all the same raises revision, or nobody hears of it.
CREATE TABLE IF NOT EXISTS decks (
  id             INT          NOT NULL AUTO_INCREMENT,
  provider_id    INT          NULL, -- exactly one of the two is set
  tariff_id      INT          NULL,
  tier           VARCHAR(7)   NULL, -- noncli, cli, premium; a provider without prefixes: cli; a tariff: NULL
  version        INT          NOT NULL, -- 1, 2, ... of its owner and tier
  state          VARCHAR(12)  NOT NULL, -- loading, draft, published, rolled_back
  publish_at     DATETIME(3)  NULL, -- UTC, in force from then on
  rolled_back_at DATETIME(3)  NULL, -- UTC
  revision       INT          NOT NULL DEFAULT 1,
  time_zone      VARCHAR(64)  NOT NULL DEFAULT 'UTC', -- of its windows in the week
  file           VARCHAR(255) NOT NULL DEFAULT '', -- what it was read from
  sha256         CHAR(64)     CHARACTER SET ascii COLLATE ascii_bin NULL, -- of that file
  rates          INT          NOT NULL DEFAULT 0, -- rows in deck_rates
  comment        VARCHAR(255) NOT NULL DEFAULT '',
  created_at     DATETIME(3)  NOT NULL, -- UTC
  PRIMARY KEY (id),
  UNIQUE KEY decks_provider (provider_id, tier, version),
  UNIQUE KEY decks_tariff (tariff_id, version),
  KEY decks_publish (state, publish_at),
  CONSTRAINT decks_provider FOREIGN KEY (provider_id) REFERENCES providers (id),
  CONSTRAINT decks_tariff FOREIGN KEY (tariff_id) REFERENCES tariffs (id),
  CONSTRAINT decks_one_owner CHECK ((provider_id IS NULL) <> (tariff_id IS NULL)),
  CONSTRAINT decks_tier_of_provider CHECK ((provider_id IS NULL) = (tier IS NULL)),
  CONSTRAINT decks_publish_at CHECK (state <> 'published' OR publish_at IS NOT NULL)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
