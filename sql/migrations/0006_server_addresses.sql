-- +goose NO TRANSACTION
-- +goose Up
-- Further source addresses of a server: a second interface, IPv6, loopback.
CREATE TABLE IF NOT EXISTS server_addresses (
  server_id INT         NOT NULL,
  ipaddress VARCHAR(64) NOT NULL, -- IPv4 or IPv6 address
  PRIMARY KEY (server_id, ipaddress),
  CONSTRAINT server_addresses_server FOREIGN KEY (server_id) REFERENCES servers (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
