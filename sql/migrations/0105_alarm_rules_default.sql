-- +goose NO TRANSACTION
-- +goose Up
-- What most operators want to be told of. They are switched on or off, changed and
-- deleted like all others; a name that is there already stays as it is.
INSERT IGNORE INTO alarm_rules (name, measure, comparison, value, clear_value, members, filters, window_s, for_s, clear_for_s, min_samples, repeat_s, severity, comment, enabled) VALUES
  ('A route fails', 'route_failures', 'above', 50, 40, '["provider"]', '[]', 900, 300, 600, 30, 3600, 'critical', 'Half of its calls fail by its own doing', 1),
  ('We fail calls ourselves', 'our_failures', 'above', 10, 5, '["server"]', '[]', 900, 300, 600, 30, 3600, 'critical', 'A missing trunk, an Asterisk that cannot dial', 1),
  ('NER is low', 'ner', 'below', 60, 70, '["provider"]', '[]', 1800, 300, 900, 50, 0, 'warning', 'Seizures do not reach the called party', 1),
  ('ASR fell', 'asr', 'drop', 40, 20, '["provider"]', '[]', 3600, 600, 1800, 100, 0, 'warning', 'Against the same hours of earlier weeks, beyond chance', 1),
  ('ASR fell to a country', 'asr', 'drop', 50, 25, '["provider","country"]', '[]', 3600, 600, 1800, 100, 0, 'info', 'The same, for each country of each provider', 0),
  ('ASR is low', 'asr', 'below', 20, 25, '["provider"]', '[]', 1800, 600, 900, 100, 0, 'warning', 'A fixed limit, for who wants one', 0),
  ('ACD fell', 'acd', 'drop', 50, 25, '["provider"]', '[]', 3600, 600, 1800, 50, 0, 'warning', 'Calls are cut, or answered falsely', 1),
  ('PDD is long', 'pdd_p95', 'above', 12, 10, '["provider"]', '[]', 1800, 300, 900, 50, 0, 'warning', 'One call of 20 waits longer for a sign of life', 1),
  ('Short calls on a route', 'short_share', 'above', 50, 40, '["provider"]', '[]', 1800, 600, 900, 50, 0, 'warning', 'Half of the answers last less than 6 s', 1),
  ('Answers look false', 'false_answers', 'above', 30, 20, '["provider","tier","country"]', '[]', 3600, 0, 3600, 30, 0, 'warning', 'More than on the other routes of the destination; docs/alarms.md says what counts', 1),
  ('A destination loses money', 'margin', 'below', -1, 0, '["provider","country"]', '[]', 3600, 600, 1800, 30, 0, 'warning', 'Calls that nobody pays for are in it, too', 1),
  ('An account spends fast', 'spend', 'rise', 300, 150, '["account"]', '[]', 3600, 0, 1800, 30, 3600, 'critical', 'Four times what the same hours of earlier weeks came to', 1),
  ('An account spends much', 'spend', 'above', 500, 400, '["account"]', '[]', 3600, 0, 1800, 30, 3600, 'critical', 'Set it to what no account of yours spends in an hour', 0),
  ('An account makes short calls', 'short_calls', 'above', 200, 100, '["account"]', '[]', 900, 0, 900, 30, 0, 'warning', 'Whoever rings through lists of numbers', 0),
  ('Calls to one number', 'calls_to_number', 'above', 100, 50, '["b_number"]', '[]', 600, 0, 600, 30, 0, 'warning', 'Outgoing ones; the way that money is stolen over premium numbers', 1),
  ('Calls from one number', 'calls_from_number', 'above', 300, 150, '["a_number"]', '[]', 600, 0, 600, 30, 0, 'info', 'Companies that show one number to all are in it', 0),
  ('Traffic fell', 'bids', 'drop', 70, 40, '[]', '[]', 1800, 600, 900, 100, 0, 'warning', 'Bids to all providers, against the same hours of earlier weeks', 1),
  ('No calls', 'bids', 'below', 1, NULL, '[]', '[]', 900, 600, 300, 30, 3600, 'critical', 'For who has calls at all hours', 0),
  ('Speech is poor', 'mos', 'below', 3.2, 3.5, '["provider"]', '[]', 1800, 600, 1800, 20, 0, 'warning', 'Estimated where media passes Asterisk', 1),
  ('One hears nothing', 'silent_share', 'above', 10, 5, '["provider"]', '[]', 1800, 600, 1800, 50, 0, 'warning', 'Answered calls on which no packet came back', 1);
