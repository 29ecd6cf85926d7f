-- +goose NO TRANSACTION
-- +goose Up
-- One row a call. No foreign keys: a record outlives what it speaks of, and is
-- never refused for it. NULL: not known, or does not apply.
CREATE TABLE IF NOT EXISTS calls (
  call_id       VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- Asterisk's uniqueid under its systemname
  server        VARCHAR(64)  NOT NULL,
  direction     VARCHAR(8)   NOT NULL, -- out, in, redirect
  endpoint      VARCHAR(255) NULL,
  source        VARCHAR(255) NULL, -- of the packet, host:port
  account_id    BIGINT       NULL,
  subscriber_id BIGINT       NULL,
  provider_id   BIGINT       NULL, -- incoming: who brought it
  number_id     BIGINT       NULL, -- incoming: our number that was called
  dialled       VARCHAR(255) NULL, -- as the caller sent it
  a_number      VARCHAR(15)  NULL, -- E.164
  b_number      VARCHAR(15)  NULL, -- E.164
  cli           VARCHAR(15)  NULL, -- E.164, as presented
  started_at    DATETIME(3)  NOT NULL, -- UTC
  snapshot      BIGINT UNSIGNED NULL, -- version of the configuration that decided
  reason        VARCHAR(255) NULL,
  plan          JSON         NULL, -- routes in their order, with reasons; NULL: no start report yet
  dropped       JSON         NULL, -- candidates that were not taken, with reasons
  node          VARCHAR(64)  NULL, -- which Tandem decided
  origin         VARCHAR(64)  NULL, -- call_id at the server where the call began, when a neighbour handed it over
  answered_at   DATETIME(3)  NULL, -- UTC
  ended_at      DATETIME(3)  NULL, -- UTC; NULL: no end report yet
  disposition   VARCHAR(16)  NOT NULL DEFAULT 'in_progress', -- in_progress, answered, busy, no_answer, cancelled, failed, rejected
  cause         TINYINT UNSIGNED NULL, -- Q.850, to or from the caller
  sip_status    SMALLINT     NULL, -- final answer to the caller
  hangup_by     VARCHAR(8)   NULL, -- caller, called, us
  talk_ms       INT          NOT NULL DEFAULT 0,
  pdd_ms        INT          NULL, -- post-dial delay
  route         VARCHAR(64)  NULL, -- key of the route that carried it
  PRIMARY KEY (call_id),
  KEY calls_last_agent (b_number, direction, started_at, subscriber_id),
  KEY calls_account (account_id, started_at),
  KEY calls_started (started_at),
  KEY calls_disposition (disposition, started_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
