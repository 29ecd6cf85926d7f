-- +goose NO TRANSACTION
-- +goose Up
-- Keys of scripts and other machines: tdm_<id>.<secret>.
CREATE TABLE IF NOT EXISTS api_keys (
  id          INT           NOT NULL AUTO_INCREMENT,
  user_id     INT           NOT NULL, -- whose it is; it never may more than they may
  name        VARCHAR(64)   NOT NULL,
  secret_hash BINARY(32)    NOT NULL, -- SHA-256 of the secret
  role        VARCHAR(16)   NOT NULL,
  scopes      VARCHAR(255)  NOT NULL, -- routing:read calls:write ..., or *
  networks    VARCHAR(1024) NOT NULL DEFAULT '', -- it is taken from these only; empty: from anywhere
  created_at  DATETIME(3)   NOT NULL, -- UTC
  expires_at  DATETIME(3)   NOT NULL,
  used_at     DATETIME(3)   NULL, -- to about a minute; NULL: never
  used_from   VARCHAR(64)   NOT NULL DEFAULT '',
  PRIMARY KEY (id),
  KEY api_keys_user (user_id),
  CONSTRAINT api_keys_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
