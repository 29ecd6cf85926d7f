-- +goose NO TRANSACTION
-- +goose Up
-- The rule that comes with the installation, unless somebody has changed what it
-- says: whoever has tuned it knows better.
UPDATE alarm_rules SET min_money = 10
WHERE name = 'An account spends fast' AND measure = 'spend' AND comparison = 'rise' AND value = 300 AND clear_value = 150
  AND members = '["account"]' AND filters = '[]' AND window_s = 3600 AND for_s = 0 AND clear_for_s = 1800 AND min_samples = 30 AND min_money = 0
  AND repeat_s = 3600 AND severity = 'critical' AND silent_from = '' AND silent_to = ''
  AND comment = 'Four times what the same hours of earlier weeks came to';
