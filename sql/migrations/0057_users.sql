-- +goose NO TRANSACTION
-- +goose Up
-- People who sign in to the console and the API.
CREATE TABLE IF NOT EXISTS users (
  id            INT          NOT NULL AUTO_INCREMENT,
  login         VARCHAR(64)  NOT NULL, -- lower case
  name          VARCHAR(128) NOT NULL DEFAULT '',
  email         VARCHAR(254) NOT NULL DEFAULT '',
  role          VARCHAR(16)  NOT NULL, -- admin, operator, analyst, agent, customer
  account_id    INT          NULL, -- of a customer or an agent
  subscriber_id INT          NULL, -- of an agent
  language      VARCHAR(16)  NOT NULL DEFAULT '', -- en, ru; empty: the browser's
  time_zone     VARCHAR(64)  NOT NULL DEFAULT '', -- empty: the browser's
  enabled       TINYINT(1)   NOT NULL DEFAULT 1,
  password      VARCHAR(160) NOT NULL DEFAULT '', -- argon2id; empty: cannot sign in
  totp_secret   VARCHAR(64)  NOT NULL DEFAULT '', -- base32; empty: no second factor
  totp_pending  VARCHAR(64)  NOT NULL DEFAULT '', -- shown, not confirmed by a code yet
  totp_step     BIGINT       NOT NULL DEFAULT 0, -- 30 s since 1970 of the last code that was used; none works twice
  created_at    DATETIME(3)  NOT NULL, -- UTC
  signed_in_at  DATETIME(3)  NULL, -- NULL: never
  PRIMARY KEY (id),
  UNIQUE KEY users_login (login),
  KEY users_account (account_id),
  KEY users_subscriber (subscriber_id),
  CONSTRAINT users_account FOREIGN KEY (account_id) REFERENCES accounts (id),
  CONSTRAINT users_subscriber FOREIGN KEY (subscriber_id) REFERENCES subscribers (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
