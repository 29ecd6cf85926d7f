-- +goose NO TRANSACTION
-- +goose Up
-- Every movement of money: a sum from one party to another, in one currency, so
-- each row is both entries of the double entry. Rows are added, never changed.
-- The balance of a customer or provider is its credits less its debits. No
-- foreign keys, as in calls.
CREATE TABLE IF NOT EXISTS ledger (
  id                  BIGINT        NOT NULL AUTO_INCREMENT,
  posting_key         VARCHAR(128)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- the same posting is made once
  at                  DATETIME(3)   NOT NULL, -- UTC
  kind                VARCHAR(12)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- sale, purchase, correction, topup, withdrawal, adjustment, reversal, conversion
  debit               VARCHAR(10)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- customer, provider, revenue, expense, cash, adjustment, exchange
  debit_id            INT           NOT NULL DEFAULT 0, -- of a customer or provider
  credit              VARCHAR(10)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  credit_id           INT           NOT NULL DEFAULT 0,
  amount              DECIMAL(19,6) NOT NULL,
  currency_id         INT           NOT NULL,
  call_id             VARCHAR(64)   CHARACTER SET ascii COLLATE ascii_bin NULL,
  note                VARCHAR(255)  NOT NULL DEFAULT '', -- for people
  foreign_amount      DECIMAL(19,6) NULL, -- the sum that amount was converted from
  foreign_currency_id INT           NULL,
  foreign_per_eur     DECIMAL(20,8) NULL, -- exchange rates of the conversion
  per_eur             DECIMAL(20,8) NULL,
  reverses            BIGINT        NULL, -- id of the posting that this one takes back
  PRIMARY KEY (id),
  UNIQUE KEY ledger_key (posting_key),
  UNIQUE KEY ledger_reverses (reverses),
  KEY ledger_debit (debit, debit_id, at, id, amount),
  KEY ledger_credit (credit, credit_id, at, id, amount),
  KEY ledger_call (call_id),
  CONSTRAINT ledger_amount CHECK (amount > 0),
  CONSTRAINT ledger_sides CHECK (debit <> credit OR debit_id <> credit_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
