-- +goose NO TRANSACTION
-- +goose Up
-- How often somebody tried to sign in lately: by login and by address, for all nodes.
CREATE TABLE IF NOT EXISTS sign_in_tries (
  subject VARCHAR(160) NOT NULL, -- login alice, desk 192.0.2.7 login alice, address 192.0.2.7
  tries   INT         NOT NULL,
  since   DATETIME(3) NOT NULL, -- UTC; of the first of them
  PRIMARY KEY (subject),
  KEY sign_in_tries_since (since)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
