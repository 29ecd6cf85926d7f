-- +goose NO TRANSACTION
-- +goose Up
-- Where alarms are told: a webhook, or e-mail.
CREATE TABLE IF NOT EXISTS alarm_channels (
  id           INT           NOT NULL AUTO_INCREMENT,
  name         VARCHAR(64)   NOT NULL,
  kind         VARCHAR(8)    NOT NULL, -- webhook, email
  url          VARCHAR(1000) NOT NULL DEFAULT '', -- of a webhook
  secret       VARCHAR(100)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '', -- a webhook is signed with it
  recipients   TEXT          NOT NULL, -- of e-mail: a JSON list of addresses
  min_severity VARCHAR(8)    NOT NULL DEFAULT 'info', -- info, warning, critical
  silent_from  VARCHAR(5)    NOT NULL DEFAULT '', -- HH:MM; empty: never silent
  silent_to    VARCHAR(5)    NOT NULL DEFAULT '',
  silent_zone  VARCHAR(64)   NOT NULL DEFAULT 'UTC', -- of the IANA time zone database
  comment      VARCHAR(255)  NOT NULL DEFAULT '',
  enabled      TINYINT(1)    NOT NULL DEFAULT 1,
  PRIMARY KEY (id),
  UNIQUE KEY alarm_channels_name (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
