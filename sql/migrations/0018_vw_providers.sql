-- +goose NO TRANSACTION
-- +goose Up
-- Providers' addresses as a person lists them: name, protocol, domain [address].
CREATE OR REPLACE SQL SECURITY INVOKER VIEW vw_providers AS
SELECT p.providername AS provider,
       a.proto AS protocol,
       CONCAT_WS(' ', a.domainname, CONCAT('[', a.ipaddress, ']')) AS address,
       a.direction AS direction
FROM providers p
JOIN providers_ips a ON a.provider_id = p.id;
