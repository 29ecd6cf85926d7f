-- +goose NO TRANSACTION
-- +goose Up
-- Our Asterisk servers. Row 0 stands for "no server".
CREATE TABLE IF NOT EXISTS servers (
  id          INT          NOT NULL AUTO_INCREMENT,
  servername  VARCHAR(64)  NOT NULL, -- Asterisk's systemname
  location    INT          NOT NULL DEFAULT 0,
  ipaddress   VARCHAR(64)  NULL, -- where its FastAGI connections and reports come from; more in server_addresses
  comment     VARCHAR(255) NOT NULL DEFAULT '',
  sip         VARCHAR(128) NOT NULL DEFAULT '', -- how neighbours dial it over SIP
  iax2        VARCHAR(128) NOT NULL DEFAULT '', -- and over IAX2, e.g. IAX2/msm@msm
  iax2control VARCHAR(128) NOT NULL DEFAULT '',
  protocol    VARCHAR(8)   NOT NULL DEFAULT 'IAX2', -- which of the two neighbours use
  driver      VARCHAR(8)   NOT NULL DEFAULT 'pjsip', -- pjsip, chan_sip
  PRIMARY KEY (id),
  UNIQUE KEY servers_servername (servername)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
