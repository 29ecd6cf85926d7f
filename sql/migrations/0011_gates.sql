-- +goose NO TRANSACTION
-- +goose Up
-- Gates bind a number to a dial peer on a server. Several gates may share a peer.
CREATE TABLE IF NOT EXISTS gates (
  id              INT          NOT NULL AUTO_INCREMENT,
  numbers_pool_id INT          NOT NULL,
  serverid        INT          NOT NULL,
  gatename        VARCHAR(64)  NOT NULL, -- the dial peer
  gatenumber      VARCHAR(15)  NOT NULL, -- E.164, for people; numbers_pool_id decides
  cid_support     CHAR(1)      NOT NULL DEFAULT 'N', -- Y: we may send the caller ID
  contextname     VARCHAR(64)  NOT NULL DEFAULT '',
  comment         VARCHAR(255) NOT NULL DEFAULT '',
  host            VARCHAR(255) NULL, -- registrar, or where to send; NULL: the provider's first OUT address
  port            SMALLINT UNSIGNED NULL,
  login           VARCHAR(64)  NULL, -- with password: the gate registers
  password        VARCHAR(64)  NULL,
  enabled         TINYINT(1)   NOT NULL DEFAULT 1,
  PRIMARY KEY (id),
  KEY gates_number (numbers_pool_id),
  KEY gates_server (serverid),
  CONSTRAINT gates_number FOREIGN KEY (numbers_pool_id) REFERENCES numbers_pool (id),
  CONSTRAINT gates_server FOREIGN KEY (serverid) REFERENCES servers (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
