-- +goose NO TRANSACTION
-- +goose Up
-- What is to be told to whom. A row is there before anything is sent, and is
-- marked afterwards: a node that dies in between sends it once more.
CREATE TABLE IF NOT EXISTS alarm_deliveries (
  id          BIGINT       NOT NULL AUTO_INCREMENT,
  message     VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- the same message goes to a channel once
  alarm_id    BIGINT       NOT NULL, -- 0: a test
  channel_id  INT          NOT NULL,
  channel     VARCHAR(64)  NOT NULL, -- its name then
  event       VARCHAR(8)   NOT NULL, -- firing, reminder, resolved, test
  body        MEDIUMTEXT   NOT NULL, -- JSON
  state       VARCHAR(8)   NOT NULL, -- waiting, sent, failed
  tries       INT          NOT NULL DEFAULT 0,
  next_at     DATETIME(3)  NOT NULL, -- UTC
  worker      VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  lease_until DATETIME(3)  NOT NULL DEFAULT '2000-01-01',
  error       VARCHAR(500) NOT NULL DEFAULT '', -- of the last try
  created_at  DATETIME(3)  NOT NULL,
  sent_at     DATETIME(3)  NULL,
  PRIMARY KEY (id),
  UNIQUE KEY alarm_deliveries_message (message),
  KEY alarm_deliveries_due (state, next_at),
  KEY alarm_deliveries_alarm (alarm_id),
  KEY alarm_deliveries_channel (channel_id, id),
  KEY alarm_deliveries_created (created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
