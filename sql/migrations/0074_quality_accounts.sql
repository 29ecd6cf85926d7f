-- +goose NO TRANSACTION
-- +goose Up
-- How the calls of accounts are carried.
CREATE TABLE IF NOT EXISTS quality_accounts (
  level         TINYINT UNSIGNED NOT NULL, -- 0: 5 minutes, 1: an hour, 2: a day
  bucket        DATETIME(3)      NOT NULL, -- UTC, when it begins
  account_id    BIGINT          NOT NULL, -- 0: nobody's
  country       VARCHAR(3)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- of the B-number, ISO 3166-1 alpha-2; 001: none; empty: not known
  bids          INT UNSIGNED    NOT NULL, -- calls offered to a route
  seizures      INT UNSIGNED    NOT NULL, -- of bids: the far side took the call up, beyond 100 Trying
  effective     INT UNSIGNED    NOT NULL, -- of seizures: the called party was reached: answered, busy, no answer, declined
  answers       INT UNSIGNED    NOT NULL,
  short_answers INT UNSIGNED    NOT NULL, -- of answers: less than 6 s of talk
  talk_ms       BIGINT UNSIGNED NOT NULL,
  cost          DECIMAL(19,6)   NOT NULL, -- base currency
  sale          DECIMAL(19,6)   NOT NULL, -- base currency; of a call, with the attempt that was answered
  blame_caller  INT UNSIGNED    NOT NULL, -- failed attempts by whose doing they were
  blame_called  INT UNSIGNED    NOT NULL,
  blame_route   INT UNSIGNED    NOT NULL,
  blame_us      INT UNSIGNED    NOT NULL,
  -- post-dial delays in 32 columns, above 50 ms x 1.25^(i-1) up to 50 ms x 1.25^i, seven of nine digits in a number:
  -- column 7n+k of pdd_n is pdd_n DIV 10^(9k) MOD 10^9. Five sums instead of 32
  pdd_0 DECIMAL(63,0) NOT NULL, pdd_1 DECIMAL(63,0) NOT NULL, pdd_2 DECIMAL(63,0) NOT NULL, pdd_3 DECIMAL(63,0) NOT NULL, pdd_4 DECIMAL(63,0) NOT NULL,
  rtp_legs      INT UNSIGNED    NOT NULL DEFAULT 0, -- of answers: media came
  rtp_silent    INT UNSIGNED    NOT NULL DEFAULT 0, -- of answers: media went, none came
  rtp_expected  BIGINT UNSIGNED NOT NULL DEFAULT 0, -- packets
  rtp_lost      BIGINT UNSIGNED NOT NULL DEFAULT 0, -- packets, of those expected
  rtp_jitter_us BIGINT UNSIGNED NOT NULL DEFAULT 0, -- sum over rtp_legs
  rtp_mos       BIGINT UNSIGNED NOT NULL DEFAULT 0, -- MOS x 100, sum over rtp_legs
  PRIMARY KEY (level, bucket, account_id, country)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
