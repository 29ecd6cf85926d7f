-- +goose NO TRANSACTION
-- +goose Up
-- What an account with allow_only may call, and nothing else.
CREATE TABLE IF NOT EXISTS allow_list (
  account_id INT         NOT NULL,
  prefix     VARCHAR(15) NOT NULL, -- leading digits of the B-number
  PRIMARY KEY (account_id, prefix),
  CONSTRAINT allow_list_account FOREIGN KEY (account_id) REFERENCES accounts (id),
  CONSTRAINT allow_list_prefix CHECK (prefix REGEXP '^[0-9]+$')
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
