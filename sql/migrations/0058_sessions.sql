-- +goose NO TRANSACTION
-- +goose Up
-- Browsers that are signed in. The cookie has a random token; here is its hash.
CREATE TABLE IF NOT EXISTS sessions (
  id         BIGINT       NOT NULL AUTO_INCREMENT,
  token_hash BINARY(32)   NOT NULL, -- SHA-256
  user_id    INT          NOT NULL,
  created_at DATETIME(3)  NOT NULL, -- UTC
  seen_at    DATETIME(3)  NOT NULL, -- to about a minute
  ends_at    DATETIME(3)  NOT NULL, -- however busy it is
  expires_at DATETIME(3)  NOT NULL, -- unless it is used before
  address    VARCHAR(64)  NOT NULL DEFAULT '', -- that it was opened from
  agent      VARCHAR(255) NOT NULL DEFAULT '', -- what the browser calls itself
  PRIMARY KEY (id),
  UNIQUE KEY sessions_token (token_hash),
  KEY sessions_user (user_id),
  KEY sessions_expires (expires_at),
  CONSTRAINT sessions_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
