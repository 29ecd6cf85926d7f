-- +goose NO TRANSACTION
-- +goose Up
-- Prefer, force or block routes for the calls that match. A block that names
-- neither provider, tier nor gate blocks the call.
CREATE TABLE IF NOT EXISTS route_rules (
  id           INT          NOT NULL AUTO_INCREMENT,
  action       VARCHAR(8)   NOT NULL, -- prefer, force, block
  account_id   INT          NULL, -- NULL: every account
  a_prefix     VARCHAR(15)  NOT NULL DEFAULT '', -- of the number shown; empty: any
  b_prefix     VARCHAR(15)  NOT NULL DEFAULT '', -- of the number called; empty: any
  days         TINYINT UNSIGNED NOT NULL DEFAULT 0, -- bits from Monday, 1, to Sunday, 64; 0: every day
  start_minute SMALLINT     NOT NULL DEFAULT 0, -- of the day, on the clock of time_zone
  end_minute   SMALLINT     NOT NULL DEFAULT 0, -- not included; before the start: over midnight; both 0: all day
  time_zone    VARCHAR(64)  NOT NULL DEFAULT 'UTC',
  provider_id  INT          NULL, -- NULL: any
  tier         VARCHAR(7)   NULL, -- noncli, cli, premium; NULL: any
  gate_id      INT          NULL, -- NULL: any
  enabled      TINYINT(1)   NOT NULL DEFAULT 1,
  comment      VARCHAR(255) NOT NULL DEFAULT '',
  PRIMARY KEY (id),
  KEY route_rules_account (account_id),
  KEY route_rules_provider (provider_id),
  KEY route_rules_gate (gate_id),
  CONSTRAINT route_rules_account FOREIGN KEY (account_id) REFERENCES accounts (id),
  CONSTRAINT route_rules_provider FOREIGN KEY (provider_id) REFERENCES providers (id),
  CONSTRAINT route_rules_gate FOREIGN KEY (gate_id) REFERENCES gates (id),
  CONSTRAINT route_rules_action CHECK (action IN ('prefer', 'force', 'block')),
  CONSTRAINT route_rules_prefixes CHECK (a_prefix REGEXP '^[0-9]*$' AND b_prefix REGEXP '^[0-9]*$')
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
