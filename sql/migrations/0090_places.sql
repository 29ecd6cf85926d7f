-- +goose NO TRANSACTION
-- +goose Up
-- Where numbers are from and what kind they are, as far as their digits tell. Each
-- place is here once; calls have its id.
CREATE TABLE IF NOT EXISTS places (
  id      INT UNSIGNED  NOT NULL AUTO_INCREMENT,
  hash    BINARY(16)    NOT NULL, -- of all the other columns
  prefix  VARCHAR(8)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- calling code and at most three digits more
  country VARCHAR(3)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- ISO 3166-1 alpha-2; 001: global services; empty: not known
  region  VARCHAR(255)  NOT NULL, -- city, area or state, in English; empty: the number tells none
  network VARCHAR(255)  NOT NULL, -- who got the range first, in English; wrong once a number is ported
  type    VARCHAR(16)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- mobile, fixed, premium and so on
  zones   VARCHAR(4000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- IANA time zones with commas between: every one that is possible
  PRIMARY KEY (id),
  UNIQUE KEY places_hash (hash),
  KEY places_country (country, type),
  KEY places_type (type)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
