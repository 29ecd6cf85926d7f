-- +goose NO TRANSACTION
-- +goose Up
-- Rented numbers: who rents them to us, on which server they live, who gets
-- their calls.
CREATE TABLE IF NOT EXISTS numbers_pool (
  id                        INT         NOT NULL AUTO_INCREMENT,
  number                    VARCHAR(15) NOT NULL, -- E.164
  provider_id               INT         NOT NULL,
  server_id                 INT         NULL, -- NULL or 0: bound to no server
  enabled                   TINYINT(1)  NOT NULL DEFAULT 1,
  direction                 VARCHAR(6)  NOT NULL, -- IN, OUT, IN/OUT
  virtualflag               TINYINT(1)  NOT NULL DEFAULT 0, -- 1: not bound to a dial peer
  echotest                  TINYINT(1)  NOT NULL DEFAULT 0, -- 1: calls to it hear themselves
  account_id                INT         NULL, -- NULL: nobody's yet
  destination_subscriber_id INT         NULL, -- who is rung when no agent is known for the caller
  destination_number        VARCHAR(15) NULL, -- E.164, or else forwarded to
  PRIMARY KEY (id),
  UNIQUE KEY numbers_pool_number (number),
  KEY numbers_pool_provider (provider_id),
  KEY numbers_pool_server (server_id),
  KEY numbers_pool_account (account_id),
  KEY numbers_pool_destination (destination_subscriber_id),
  CONSTRAINT numbers_pool_provider FOREIGN KEY (provider_id) REFERENCES providers (id),
  CONSTRAINT numbers_pool_server FOREIGN KEY (server_id) REFERENCES servers (id),
  CONSTRAINT numbers_pool_account FOREIGN KEY (account_id) REFERENCES accounts (id),
  CONSTRAINT numbers_pool_destination FOREIGN KEY (destination_subscriber_id) REFERENCES subscribers (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
