-- +goose NO TRANSACTION
-- +goose Up
-- What a call came to. MariaDB adds the columns at once, whatever the size of
-- the table; the rows that are there take the default of closed_by, which the
-- next step takes away: a call that ended before is not charged again when its
-- report comes late.
ALTER TABLE calls
  ADD COLUMN IF NOT EXISTS closed_by        VARCHAR(8)    NULL DEFAULT 'report', -- report, cdr, estimate; NULL: not over yet
  ADD COLUMN IF NOT EXISTS cut              TINYINT(1)    NOT NULL DEFAULT 0, -- 1: the talk limit ended it
  ADD COLUMN IF NOT EXISTS sale             DECIMAL(19,6) NULL, -- charged to the account; NULL: not sold
  ADD COLUMN IF NOT EXISTS sale_currency_id INT           NULL,
  ADD COLUMN IF NOT EXISTS sale_base        DECIMAL(19,6) NULL, -- sale in the base currency; NULL: not sold, or no exchange rate
  ADD COLUMN IF NOT EXISTS cost_base        DECIMAL(19,6) NULL, -- owed to providers, in the base currency; NULL: not known
  ADD COLUMN IF NOT EXISTS held             DECIMAL(19,6) NULL, -- what was set aside: the sale is never above it; NULL: nothing was
  ADD COLUMN IF NOT EXISTS terms            MEDIUMTEXT    NULL, -- what it was charged by, as in holds
  ADD COLUMN IF NOT EXISTS charge_error     VARCHAR(255)  NULL; -- why it could not be charged
