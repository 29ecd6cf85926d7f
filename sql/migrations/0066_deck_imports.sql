-- +goose NO TRANSACTION
-- +goose Up
-- Rate sheets on their way to a draft: uploaded, read, looked at, kept. Work is
-- done by whichever node takes it, and goes on after a restart: who works has a
-- lease. No foreign keys to the owner: an import is no reason to keep a provider.
CREATE TABLE IF NOT EXISTS deck_imports (
  id          INT          NOT NULL AUTO_INCREMENT,
  provider_id INT          NULL, -- exactly one of the two is set
  tariff_id   INT          NULL,
  tier        VARCHAR(7)   NULL, -- of the provider
  state       VARCHAR(12)  NOT NULL, -- uploading, uploaded, reading, ready, failed, keeping, kept
  file        VARCHAR(255) NOT NULL,
  bytes       BIGINT       NOT NULL DEFAULT 0, -- of the file as it was
  settings    MEDIUMTEXT   NOT NULL, -- JSON: how to read it
  result      LONGTEXT     NULL, -- JSON: what was read
  preview     LONGTEXT     NULL, -- JSON: what it would change
  error       TEXT         NULL, -- why it failed
  deck_id     INT          NULL, -- the draft that was made of it
  done        BIGINT       NOT NULL DEFAULT 0, -- of total
  total       BIGINT       NOT NULL DEFAULT 0,
  actor       TEXT         NOT NULL, -- JSON: who asked for it
  worker      VARCHAR(64)  NOT NULL DEFAULT '',
  lease_until DATETIME(3)  NOT NULL DEFAULT '2000-01-01', -- UTC; the past: nobody works on it
  tries       INT          NOT NULL DEFAULT 0, -- begun so often without an end
  created_at  DATETIME(3)  NOT NULL, -- UTC
  updated_at  DATETIME(3)  NOT NULL, -- UTC
  PRIMARY KEY (id),
  KEY deck_imports_state (state, lease_until),
  KEY deck_imports_updated (updated_at),
  CONSTRAINT deck_imports_one_owner CHECK ((provider_id IS NULL) <> (tariff_id IS NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
