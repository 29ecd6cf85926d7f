-- +goose NO TRANSACTION
-- +goose Up
-- Why attempts ended as they did, and by whose doing: answered ones, too, so that
-- shares have their whole in the same table. Of each provider, tier and country the
-- 32 most frequent combinations are told apart; the rest has status and cause 0.
CREATE TABLE IF NOT EXISTS quality_causes (
  level         TINYINT UNSIGNED NOT NULL, -- 0: 5 minutes, 1: an hour, 2: a day
  bucket        DATETIME(3)      NOT NULL, -- UTC, when it begins
  provider_id   BIGINT          NOT NULL,
  tier          VARCHAR(7)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- noncli, cli, premium; empty: not known
  country       VARCHAR(3)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- of the B-number, ISO 3166-1 alpha-2; 001: none; empty: not known
  result        VARCHAR(16)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- as attempts.result
  sip_status    SMALLINT UNSIGNED NOT NULL, -- last answer; 0: none, or a rare one
  cause         TINYINT UNSIGNED NOT NULL, -- Q.850; 0: none, or a rare one
  blame         VARCHAR(8)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- caller, called, route, us; empty: nobody's, or not known
  bids          INT UNSIGNED    NOT NULL,
  PRIMARY KEY (level, bucket, provider_id, tier, country, result, sip_status, cause, blame)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
