-- +goose NO TRANSACTION
-- +goose Up
-- A tariff with a markup sells at cost plus: its prices are those of the
-- provider that carries the call, and it has no deck.
ALTER TABLE tariffs
  ADD COLUMN IF NOT EXISTS markup_percent    DECIMAL(8,4)  NULL, -- on every price and fee
  ADD COLUMN IF NOT EXISTS markup_per_minute DECIMAL(14,8) NULL; -- on top of that, in the provider's currency
