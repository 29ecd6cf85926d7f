-- +goose NO TRANSACTION
-- +goose Up
-- Where a NOC would look twice. Post-dial delay: ITU-T E.721 has 5 and 8 s (mean)
-- and 8 and 11 s (95 %) for toll and international calls. MOS: below 3.6 some users
-- are dissatisfied, below 3.1 many (ITU-T G.107, annex B).
INSERT IGNORE INTO quality_thresholds (measure, warn, bad) VALUES
  ('abr',          300000, 150000),
  ('asr',          400000, 250000),
  ('ner',          900000, 800000),
  ('short',        100000, 200000),
  ('acd',           60000,  30000),
  ('pdd_p50',        5000,   8000),
  ('pdd_p95',        8000,  11000),
  ('margin',            0,   NULL),
  ('margin_share',  50000,      0),
  ('blame_route',  300000, 500000),
  ('blame_us',      10000,  50000),
  ('loss',          10000,  30000),
  ('jitter',        30000,  50000),
  ('mos',             360,    310),
  ('silent',        20000,  50000);
