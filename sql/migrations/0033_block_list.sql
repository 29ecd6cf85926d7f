-- +goose NO TRANSACTION
-- +goose Up
-- Calls from or to these numbers are refused.
CREATE TABLE IF NOT EXISTS block_list (
  id         INT          NOT NULL AUTO_INCREMENT,
  side       CHAR(1)      NOT NULL, -- A: the number shown; B: the number called
  prefix     VARCHAR(15)  NOT NULL, -- leading digits
  account_id INT          NULL, -- NULL: for everybody
  comment    VARCHAR(255) NOT NULL DEFAULT '',
  PRIMARY KEY (id),
  KEY block_list_account (account_id),
  CONSTRAINT block_list_account FOREIGN KEY (account_id) REFERENCES accounts (id),
  CONSTRAINT block_list_side CHECK (side IN ('A', 'B')),
  CONSTRAINT block_list_prefix CHECK (prefix REGEXP '^[0-9]+$')
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
