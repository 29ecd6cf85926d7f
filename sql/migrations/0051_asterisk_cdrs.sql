-- +goose NO TRANSACTION
-- +goose Up
-- Asterisk's own call records, collected: the second source, for calls whose end
-- report never came.
CREATE TABLE IF NOT EXISTS asterisk_cdrs (
  uniqueid     VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- of the caller's channel: the call id
  sequence     BIGINT       NOT NULL, -- begins anew when Asterisk restarts
  started_at   DATETIME(3)  NOT NULL, -- UTC
  linkedid     VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  channel      VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  dest_channel VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  answered_at  DATETIME(3)  NULL, -- UTC
  ended_at     DATETIME(3)  NOT NULL, -- UTC
  disposition  VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- Asterisk's own word
  collected_at DATETIME(3)  NOT NULL DEFAULT UTC_TIMESTAMP(3), -- when it came here: a file may have lain for days
  PRIMARY KEY (uniqueid, sequence, started_at),
  KEY asterisk_cdrs_collected (collected_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
