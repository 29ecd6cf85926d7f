-- +goose NO TRANSACTION
-- +goose Up
-- When each Asterisk server has shown its channels for the last time.
CREATE TABLE IF NOT EXISTS servers_seen (
  server  VARCHAR(64) NOT NULL, -- servers.servername
  seen_at DATETIME(3) NOT NULL, -- UTC
  PRIMARY KEY (server)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
