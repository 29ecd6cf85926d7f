-- +goose NO TRANSACTION
-- +goose Up
-- Numbers that a subscriber may show besides its account's default.
CREATE TABLE IF NOT EXISTS subscriber_numbers (
  subscriber_id INT         NOT NULL,
  number        VARCHAR(15) NOT NULL, -- E.164
  PRIMARY KEY (subscriber_id, number),
  CONSTRAINT subscriber_numbers_subscriber FOREIGN KEY (subscriber_id) REFERENCES subscribers (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
