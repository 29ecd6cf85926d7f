-- +goose NO TRANSACTION
-- +goose Up
-- Past calls run through drafts: asked for, run by whichever node takes it,
-- looked at afterwards. A row that is deleted ends the run.
CREATE TABLE IF NOT EXISTS replays (
  id          INT         NOT NULL AUTO_INCREMENT,
  state       VARCHAR(12) NOT NULL, -- waiting, running, done, failed
  request     MEDIUMTEXT  NOT NULL, -- JSON
  result      LONGTEXT    NULL, -- JSON
  error       TEXT        NULL, -- why it failed
  done        BIGINT      NOT NULL DEFAULT 0, -- calls, of total
  total       BIGINT      NOT NULL DEFAULT 0,
  actor       TEXT        NOT NULL, -- JSON: who asked for it
  worker      VARCHAR(64) NOT NULL DEFAULT '',
  lease_until DATETIME(3) NOT NULL DEFAULT '2000-01-01', -- UTC; the past: nobody works on it
  tries       INT         NOT NULL DEFAULT 0, -- begun so often without an end
  created_at  DATETIME(3) NOT NULL, -- UTC
  updated_at  DATETIME(3) NOT NULL, -- UTC
  PRIMARY KEY (id),
  KEY replays_state (state, lease_until)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
