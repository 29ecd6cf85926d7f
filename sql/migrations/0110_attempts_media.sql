-- +goose NO TRANSACTION
-- +goose Up
-- What Asterisk measured of the RTP stream of an answered leg. NULL: nothing is
-- known, or no media passed it.
ALTER TABLE attempts
  ADD COLUMN IF NOT EXISTS rtp_received  INT UNSIGNED      NULL, -- packets that came from the far side
  ADD COLUMN IF NOT EXISTS rtp_lost      INT UNSIGNED      NULL, -- expected and not come, up to the last RTCP report
  ADD COLUMN IF NOT EXISTS rtp_sent      INT UNSIGNED      NULL, -- packets that went there
  ADD COLUMN IF NOT EXISTS rtp_jitter_us INT UNSIGNED      NULL, -- RFC 3550
  ADD COLUMN IF NOT EXISTS rtp_rtt_us    INT UNSIGNED      NULL, -- NULL: the far side sent no RTCP report
  ADD COLUMN IF NOT EXISTS rtp_mos       SMALLINT UNSIGNED NULL; -- estimate x 100, 100 to 450; NULL: too few packets
