-- +goose NO TRANSACTION
-- +goose Up
-- The providers of a policy, with their places or shares. The policies priority
-- and share leave out what is not here.
CREATE TABLE IF NOT EXISTS policy_routes (
  id          INT        NOT NULL AUTO_INCREMENT,
  policy_id   INT        NOT NULL,
  provider_id INT        NOT NULL,
  tier        VARCHAR(7) NULL, -- noncli, cli, premium; NULL: every tier
  place       INT        NOT NULL DEFAULT 0, -- priority: lower goes first
  weight      INT        NOT NULL DEFAULT 1, -- share, band_share: its share, at least 1
  PRIMARY KEY (id),
  UNIQUE KEY policy_routes_key (policy_id, provider_id, tier),
  KEY policy_routes_provider (provider_id),
  CONSTRAINT policy_routes_policy FOREIGN KEY (policy_id) REFERENCES policies (id),
  CONSTRAINT policy_routes_provider FOREIGN KEY (provider_id) REFERENCES providers (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
