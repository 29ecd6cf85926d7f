-- +goose NO TRANSACTION
-- +goose Up
-- The money of accounts: an account has some exactly when it has a row. balance
-- is the sum of its entries in ledger, held and calls what holds says.
CREATE TABLE IF NOT EXISTS balances (
  account_id  INT           NOT NULL,
  currency_id INT           NOT NULL,
  balance     DECIMAL(19,6) NOT NULL DEFAULT 0,
  held        DECIMAL(19,6) NOT NULL DEFAULT 0, -- set aside for calls in progress
  calls       INT           NOT NULL DEFAULT 0, -- in progress, with money set aside
  spent_on    DATE          NULL, -- the last day on which a call was charged, by the account's time zone
  spent       DECIMAL(19,6) NOT NULL DEFAULT 0, -- on that day
  opened_at   DATETIME(3)   NOT NULL, -- UTC
  PRIMARY KEY (account_id),
  KEY balances_currency (currency_id),
  CONSTRAINT balances_account FOREIGN KEY (account_id) REFERENCES accounts (id),
  CONSTRAINT balances_currency FOREIGN KEY (currency_id) REFERENCES currency (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
