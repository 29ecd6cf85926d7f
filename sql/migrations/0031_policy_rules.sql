-- +goose NO TRANSACTION
-- +goose Up
-- Which policy orders the routes of which calls: the first rule that matches, by
-- position. No rule matches: least cost.
CREATE TABLE IF NOT EXISTS policy_rules (
  id           INT         NOT NULL AUTO_INCREMENT,
  position     INT         NOT NULL,
  policy_id    INT         NOT NULL,
  account_id   INT         NULL, -- NULL: every account
  a_prefix     VARCHAR(15) NOT NULL DEFAULT '', -- of the number shown; empty: any
  b_prefix     VARCHAR(15) NOT NULL DEFAULT '', -- of the number called; empty: any
  days         TINYINT UNSIGNED NOT NULL DEFAULT 0, -- bits from Monday, 1, to Sunday, 64; 0: every day
  start_minute SMALLINT    NOT NULL DEFAULT 0, -- of the day, on the clock of time_zone
  end_minute   SMALLINT    NOT NULL DEFAULT 0, -- not included; before the start: over midnight; both 0: all day
  time_zone    VARCHAR(64) NOT NULL DEFAULT 'UTC',
  PRIMARY KEY (id),
  KEY policy_rules_policy (policy_id),
  KEY policy_rules_account (account_id),
  CONSTRAINT policy_rules_policy FOREIGN KEY (policy_id) REFERENCES policies (id),
  CONSTRAINT policy_rules_account FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
