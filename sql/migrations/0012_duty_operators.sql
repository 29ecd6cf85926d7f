-- +goose NO TRANSACTION
-- +goose Up
-- Who answers when nobody else does: one subscriber per server or per number.
CREATE TABLE IF NOT EXISTS duty_operators (
  id            INT NOT NULL AUTO_INCREMENT,
  subscriber_id INT NOT NULL,
  server_id     INT NULL, -- exactly one of the two is set
  number_id     INT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY duty_operators_server (server_id),
  UNIQUE KEY duty_operators_number (number_id),
  KEY duty_operators_subscriber (subscriber_id),
  CONSTRAINT duty_operators_subscriber FOREIGN KEY (subscriber_id) REFERENCES subscribers (id),
  CONSTRAINT duty_operators_server FOREIGN KEY (server_id) REFERENCES servers (id),
  CONSTRAINT duty_operators_number FOREIGN KEY (number_id) REFERENCES numbers_pool (id),
  CONSTRAINT duty_operators_one CHECK ((server_id IS NULL) <> (number_id IS NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
