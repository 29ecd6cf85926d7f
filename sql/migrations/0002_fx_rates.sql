-- +goose NO TRANSACTION
-- +goose Up
-- Exchange rates to the euro. Of a currency's rows the latest that is not in
-- the future is in force.
CREATE TABLE IF NOT EXISTS fx_rates (
  currency_id INT           NOT NULL,
  valid_from  DATETIME(3)   NOT NULL, -- UTC
  per_eur     DECIMAL(20,8) NOT NULL, -- units of the currency that one euro buys
  PRIMARY KEY (currency_id, valid_from),
  CONSTRAINT fx_rates_currency FOREIGN KEY (currency_id) REFERENCES currency (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
