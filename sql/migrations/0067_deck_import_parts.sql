-- +goose NO TRANSACTION
-- +goose Up
-- Files of imports, gzip, in parts that every max_allowed_packet takes.
CREATE TABLE IF NOT EXISTS deck_import_parts (
  import_id INT        NOT NULL,
  n         INT        NOT NULL, -- 0, 1, ...
  content   MEDIUMBLOB NOT NULL, -- a piece of one gzip stream
  PRIMARY KEY (import_id, n),
  CONSTRAINT deck_import_parts_import FOREIGN KEY (import_id) REFERENCES deck_imports (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
