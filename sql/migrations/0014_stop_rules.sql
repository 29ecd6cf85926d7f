-- +goose NO TRANSACTION
-- +goose Up
-- After a failed attempt: end the hunt, or go on with the next route. NULL
-- matches anything; the most specific rule wins.
CREATE TABLE IF NOT EXISTS stop_rules (
  id            INT          NOT NULL AUTO_INCREMENT,
  provider_id   INT          NULL,
  sip_status    SMALLINT     NULL, -- 400 to 699
  cause         TINYINT UNSIGNED NULL, -- Q.850, 1 to 127
  rang          TINYINT(1)   NULL, -- 1: the far end rang before
  stop          TINYINT(1)   NOT NULL, -- 1: end the hunt
  release_cause TINYINT UNSIGNED NULL, -- to the caller when stopping; NULL: as received
  comment       VARCHAR(255) NOT NULL DEFAULT '',
  PRIMARY KEY (id),
  KEY stop_rules_provider (provider_id),
  CONSTRAINT stop_rules_provider FOREIGN KEY (provider_id) REFERENCES providers (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
