-- +goose NO TRANSACTION
-- +goose Up
-- Ways to order the routes of a call.
CREATE TABLE IF NOT EXISTS policies (
  id           INT          NOT NULL AUTO_INCREMENT,
  name         VARCHAR(64)  NOT NULL,
  kind         VARCHAR(16)  NOT NULL, -- least_cost, priority, share, band_share, quality
  band_percent DECIMAL(6,2) NOT NULL DEFAULT 0, -- band_share: how much dearer than the cheapest
  min_tier     VARCHAR(7)   NOT NULL DEFAULT 'noncli', -- noncli, cli, premium: no route of a lower tier
  PRIMARY KEY (id),
  UNIQUE KEY policies_name (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
