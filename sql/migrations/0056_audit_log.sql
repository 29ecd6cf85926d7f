-- +goose Up

-- Who changed what through the API or a command.
CREATE TABLE IF NOT EXISTS audit_log (
  id          BIGINT       NOT NULL AUTO_INCREMENT,
  at          DATETIME(3)  NOT NULL, -- UTC
  user_id     INT          NULL, -- NULL: nobody who signed in
  key_id      INT          NULL, -- NULL: not by an API key
  actor       VARCHAR(64)  NOT NULL, -- login at that time, or "command line"
  address     VARCHAR(64)  NOT NULL DEFAULT '',
  action      VARCHAR(16)  NOT NULL, -- create, update, delete, publish, ...
  kind        VARCHAR(32)  NOT NULL, -- provider, gate, account, ...
  object_id   VARCHAR(64)  NOT NULL DEFAULT '',
  object_name VARCHAR(255) NOT NULL DEFAULT '',
  before_json MEDIUMTEXT   NULL, -- NULL: it was not there
  after_json  MEDIUMTEXT   NULL, -- NULL: it is gone
  PRIMARY KEY (id),
  KEY audit_log_at (at),
  KEY audit_log_object (kind, object_id, id),
  KEY audit_log_user (user_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
