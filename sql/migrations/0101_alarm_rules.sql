-- +goose NO TRANSACTION
-- +goose Up
-- When somebody is to be told.
CREATE TABLE IF NOT EXISTS alarm_rules (
  id          INT           NOT NULL AUTO_INCREMENT,
  name        VARCHAR(64)   NOT NULL,
  measure     VARCHAR(24)   NOT NULL, -- asr, margin, spend, ...
  comparison  VARCHAR(8)    NOT NULL, -- below, above, drop, rise
  value       DECIMAL(19,6) NOT NULL, -- in the unit of the measure; drop, rise: percent of its own past
  clear_value DECIMAL(19,6) NULL, -- at which it is over; NULL: value
  members     VARCHAR(255)  NOT NULL, -- JSON list: one alarm for each of them
  filters     TEXT          NOT NULL, -- JSON list of {what, values}
  window_s    INT           NOT NULL, -- how much time the measure is of
  for_s       INT           NOT NULL, -- how long it must be so
  clear_for_s INT           NOT NULL, -- how long it must be over
  min_samples BIGINT        NOT NULL, -- with fewer nothing is said
  repeat_s    INT           NOT NULL, -- told again while nobody has acknowledged it; 0: never
  severity    VARCHAR(8)    NOT NULL, -- info, warning, critical
  silent_from VARCHAR(5)    NOT NULL DEFAULT '', -- HH:MM; empty: never silent
  silent_to   VARCHAR(5)    NOT NULL DEFAULT '',
  silent_zone VARCHAR(64)   NOT NULL DEFAULT 'UTC',
  comment     VARCHAR(255)  NOT NULL DEFAULT '',
  enabled     TINYINT(1)    NOT NULL DEFAULT 1,
  PRIMARY KEY (id),
  UNIQUE KEY alarm_rules_name (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
