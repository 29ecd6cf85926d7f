-- +goose NO TRANSACTION
-- +goose Up
-- Its rows are in decks and deck_rates now. Its triggers go with it.
DROP TABLE IF EXISTS rates;
