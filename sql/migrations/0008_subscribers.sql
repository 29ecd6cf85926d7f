-- +goose NO TRANSACTION
-- +goose Up
-- Telephones and PBXs with a login of their own.
CREATE TABLE IF NOT EXISTS subscribers (
  id         INT         NOT NULL AUTO_INCREMENT,
  login      VARCHAR(64) NOT NULL, -- also the endpoint's name in Asterisk
  secret     VARCHAR(64) NOT NULL,
  account_id INT         NOT NULL,
  server_id  INT         NOT NULL, -- where it registers
  extension  VARCHAR(15) NULL, -- short number inside the account
  enabled    TINYINT(1)  NOT NULL DEFAULT 1,
  PRIMARY KEY (id),
  UNIQUE KEY subscribers_login (login),
  UNIQUE KEY subscribers_extension (account_id, extension),
  KEY subscribers_server (server_id),
  CONSTRAINT subscribers_account FOREIGN KEY (account_id) REFERENCES accounts (id),
  CONSTRAINT subscribers_server FOREIGN KEY (server_id) REFERENCES servers (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
