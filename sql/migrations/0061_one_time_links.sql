-- +goose NO TRANSACTION
-- +goose Up
-- Links that work once: for the first administrator, and for a new password.
CREATE TABLE IF NOT EXISTS one_time_links (
  token_hash BINARY(32)  NOT NULL, -- SHA-256
  purpose    VARCHAR(8)  NOT NULL, -- setup, password
  user_id    INT         NULL, -- of whom the password is
  expires_at DATETIME(3) NOT NULL, -- UTC
  PRIMARY KEY (token_hash),
  KEY one_time_links_user (user_id),
  CONSTRAINT one_time_links_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
