-- +goose NO TRANSACTION
-- +goose Up
-- The rows of decks: what a prefix costs, in the currency of the deck's owner.
-- No triggers and no foreign key: millions of rows come in at once. A running
-- Tandem hears of them by the row in decks.
CREATE TABLE IF NOT EXISTS deck_rates (
  deck_id        INT           NOT NULL,
  prefix         VARCHAR(15)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- leading digits of the B-number
  n              SMALLINT      NOT NULL DEFAULT 0, -- tells apart the rows of a prefix: other dates, other windows
  per_minute     DECIMAL(14,8) NOT NULL,
  connection_fee DECIMAL(18,6) NOT NULL DEFAULT 0, -- once, on answer
  minimum_charge DECIMAL(18,6) NOT NULL DEFAULT 0, -- an answered call costs at least this
  attempt_fee    DECIMAL(18,6) NOT NULL DEFAULT 0, -- for every attempt, answered or not
  first_s        SMALLINT      NOT NULL DEFAULT 60, -- first increment
  next_s         SMALLINT      NOT NULL DEFAULT 60, -- every further increment
  effective_from DATETIME(3)   NULL, -- UTC; NULL: from the beginning
  effective_to   DATETIME(3)   NULL, -- UTC, not included; NULL: no end known
  days           TINYINT UNSIGNED NOT NULL DEFAULT 0, -- bits from Monday, 1, to Sunday, 64; 0: every day
  start_minute   SMALLINT      NOT NULL DEFAULT 0, -- of the day, on the clock of the deck's time zone
  end_minute     SMALLINT      NOT NULL DEFAULT 0, -- not included; before the start: over midnight; both 0: all day
  blocked        TINYINT(1)    NOT NULL DEFAULT 0, -- 1: not sold
  destination    VARCHAR(96)   NOT NULL DEFAULT '', -- for people
  PRIMARY KEY (deck_id, prefix, n)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
