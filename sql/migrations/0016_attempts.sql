-- +goose NO TRANSACTION
-- +goose Up
-- One row a bid: the call offered to one route. No foreign keys, as in calls.
CREATE TABLE IF NOT EXISTS attempts (
  call_id     VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  n           SMALLINT     NOT NULL, -- 1, 2, ... in the order tried
  route       VARCHAR(64)  NOT NULL DEFAULT '', -- key of the route
  provider_id BIGINT       NULL,
  tier        VARCHAR(7)   NULL, -- noncli, cli, premium
  gate_id     BIGINT       NULL,
  address_id  BIGINT       NULL,
  started_at  DATETIME(3)  NOT NULL, -- UTC
  result      VARCHAR(16)  NOT NULL, -- as calls.disposition
  dial_status VARCHAR(32)  NULL, -- Asterisk's own word
  sip_status  SMALLINT     NULL,
  cause       TINYINT UNSIGNED NULL, -- Q.850
  rang        TINYINT(1)   NOT NULL DEFAULT 0, -- 180 seen
  progress    TINYINT(1)   NOT NULL DEFAULT 0, -- 183 seen
  pdd_ms      INT          NULL, -- bid to first ringing or progress
  elapsed_ms  INT          NOT NULL DEFAULT 0,
  talk_ms     INT          NOT NULL DEFAULT 0,
  blame       VARCHAR(8)   NULL, -- caller, called, route, us
  PRIMARY KEY (call_id, n)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
