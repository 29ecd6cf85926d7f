-- +goose NO TRANSACTION
-- +goose Up
-- Carriers that we pay. A prefix is put before the B-number to choose a tier,
-- NULL: the tier is not sold that way. All three NULL: one way, without a prefix.
CREATE TABLE IF NOT EXISTS providers (
  id                      INT         NOT NULL AUTO_INCREMENT,
  providername            VARCHAR(64) NOT NULL,
  currency_id             INT         NOT NULL,
  noncli_prefix           VARCHAR(15) NULL, -- caller ID not guaranteed
  cli_prefix              VARCHAR(15) NULL, -- caller ID guaranteed
  premcli_prefix          VARCHAR(15) NULL, -- premium
  cli_allowed             CHAR(1)     NOT NULL DEFAULT 'N', -- Y: we may set the caller ID to any number that we may show
  dynamic_calls           CHAR(1)     NOT NULL DEFAULT 'N', -- Y: carries any caller ID, also numbers that are not ours
  append_plus             TINYINT(1)  NOT NULL DEFAULT 0,   -- 1: wants a + before a bare E.164 number
  dynamic_calls_caller_id VARCHAR(15) NULL, -- E.164, shown when a call has no caller ID of its own
  enabled                 TINYINT(1)  NOT NULL DEFAULT 1,
  PRIMARY KEY (id),
  UNIQUE KEY providers_providername (providername),
  CONSTRAINT providers_currency FOREIGN KEY (currency_id) REFERENCES currency (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
