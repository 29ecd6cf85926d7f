-- +goose NO TRANSACTION
-- +goose Up
-- Addresses of providers: whom calls come from (IN), where we send them (OUT).
CREATE TABLE IF NOT EXISTS providers_ips (
  id          INT          NOT NULL AUTO_INCREMENT,
  provider_id INT          NOT NULL,
  ipaddress   VARCHAR(64)  NULL, -- IPv4 or IPv6 address, or a network as address/bits; NULL: not known
  domainname  VARCHAR(255) NULL, -- what we dial, before ipaddress
  direction   VARCHAR(6)   NOT NULL, -- IN, OUT, IN/OUT
  proto       VARCHAR(8)   NOT NULL, -- SIP, IAX2, H323
  port        SMALLINT UNSIGNED NULL, -- NULL: the protocol's own
  proxy       VARCHAR(255) NULL, -- host:port of an outbound proxy on the way
  PRIMARY KEY (id),
  KEY providers_ips_provider (provider_id),
  CONSTRAINT providers_ips_provider FOREIGN KEY (provider_id) REFERENCES providers (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
