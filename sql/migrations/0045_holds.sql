-- +goose NO TRANSACTION
-- +goose Up
-- Money set aside for calls in progress, one row a call; only the end of the
-- call removes it. No foreign keys: they would lock the row of the account at
-- every call.
CREATE TABLE IF NOT EXISTS holds (
  call_id     VARCHAR(64)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account_id  INT           NULL, -- NULL: nobody pays
  amount      DECIMAL(19,6) NOT NULL,
  currency_id INT           NULL, -- of amount; NULL: nobody pays
  paid_s      INT           NOT NULL, -- seconds of talk, from the answer, that amount pays for
  limited     TINYINT(1)    NOT NULL DEFAULT 0, -- 1: paid slice by slice
  terms       MEDIUMTEXT    NOT NULL, -- what the call is charged by: JSON, in the form of package billing
  server      VARCHAR(64)   NOT NULL,
  node        VARCHAR(64)   NOT NULL DEFAULT '', -- which Tandem let the call in
  began_at    DATETIME(3)   NOT NULL, -- UTC
  answered_at DATETIME(3)   NULL, -- UTC, when it was seen answered; NULL: not yet
  seen_at     DATETIME(3)   NULL, -- UTC, when it was seen for the last time; NULL: it is, or was not yet
  route       VARCHAR(64)   NULL, -- key of the route that was seen in use
  PRIMARY KEY (call_id),
  KEY holds_server (server, node),
  KEY holds_account (account_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
