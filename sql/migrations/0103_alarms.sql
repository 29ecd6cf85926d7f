-- +goose NO TRANSACTION
-- +goose Up
-- What rules have found, one row from its beginning to its end. Rows outlive
-- their rules: what was told of them is kept with them.
CREATE TABLE IF NOT EXISTS alarms (
  id          BIGINT        NOT NULL AUTO_INCREMENT,
  rule_id     INT           NOT NULL,
  rule        VARCHAR(64)   NOT NULL,
  severity    VARCHAR(8)    NOT NULL,
  measure     VARCHAR(24)   NOT NULL,
  comparison  VARCHAR(8)    NOT NULL,
  window_s    INT           NOT NULL,
  subject     VARCHAR(255)  CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, -- provider=7,country=RU; empty: everything
  names       TEXT          NOT NULL, -- JSON: what the subject is called
  state       VARCHAR(8)    NOT NULL, -- pending, firing, resolved
  is_open     TINYINT(1)    NULL DEFAULT 1, -- NULL: resolved
  since       DATETIME(3)   NOT NULL, -- UTC, when it was seen first
  fired_at    DATETIME(3)   NULL,
  clear_since DATETIME(3)   NULL, -- it has been over since
  seen_at     DATETIME(3)   NOT NULL, -- when there was enough to judge by last
  resolved_at DATETIME(3)   NULL,
  resolved_by VARCHAR(12)   NOT NULL DEFAULT '', -- value, no_data, rule
  threshold   DECIMAL(19,6) NOT NULL, -- beyond which it is
  value       DECIMAL(19,6) NOT NULL, -- as of seen_at
  worst       DECIMAL(19,6) NOT NULL,
  low         DECIMAL(19,6) NULL, -- 95 % interval of value, where it is a share
  high        DECIMAL(19,6) NULL,
  samples     BIGINT        NOT NULL,
  past        DECIMAL(19,6) NULL, -- its own past
  detail      TEXT          NOT NULL, -- JSON: more figures
  link        VARCHAR(1000) NOT NULL, -- path of the console: what is behind it
  silenced    TINYINT(1)    NOT NULL DEFAULT 0, -- 1: it fired in silent hours
  acked_at    DATETIME(3)   NULL,
  acked_by    VARCHAR(64)   NOT NULL DEFAULT '',
  ack_note    VARCHAR(500)  NOT NULL DEFAULT '',
  PRIMARY KEY (id),
  UNIQUE KEY alarms_open (rule_id, subject, is_open),
  KEY alarms_state (is_open, state),
  KEY alarms_fired (fired_at),
  KEY alarms_resolved (resolved_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
