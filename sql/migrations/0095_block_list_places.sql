-- +goose NO TRANSACTION
-- +goose Up
-- Blocks may ask where the number is from and what kind it is; the prefix may then
-- be empty.
ALTER TABLE block_list
  ADD COLUMN IF NOT EXISTS types     VARCHAR(255)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '', -- mobile,premium and so on; empty: any
  ADD COLUMN IF NOT EXISTS countries VARCHAR(1000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '', -- ISO 3166-1 alpha-2 with commas between, 001: global services; empty: any
  ADD COLUMN IF NOT EXISTS regions   VARCHAR(1000) NOT NULL DEFAULT '', -- cities, areas, states in English with ; between; empty: any
  DROP CONSTRAINT IF EXISTS block_list_prefix,
  ADD CONSTRAINT block_list_prefix CHECK (prefix REGEXP '^[0-9]*$' AND (prefix <> '' OR types <> '' OR countries <> '' OR regions <> ''));
