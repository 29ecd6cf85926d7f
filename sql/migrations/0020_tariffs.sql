-- +goose NO TRANSACTION
-- +goose Up
-- What we sell by. The prices are decks, as a provider's are.
CREATE TABLE IF NOT EXISTS tariffs (
  id          INT         NOT NULL AUTO_INCREMENT,
  name        VARCHAR(64) NOT NULL,
  currency_id INT         NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY tariffs_name (name),
  CONSTRAINT tariffs_currency FOREIGN KEY (currency_id) REFERENCES currency (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
