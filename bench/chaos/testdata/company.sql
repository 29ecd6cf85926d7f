-- Books in order. A prepaid call of 10 s at 0.60, one that failed on the first
-- route and was answered on the second, one that was cut by its hold, one that
-- was refused, one of an account that is not sold to.
INSERT INTO calls (call_id, server, direction, account_id, dialled, started_at, answered_at, ended_at, disposition, talk_ms, route, closed_by, sale, sale_currency_id, held) VALUES
  ('x-1.1', 'x', 'out', {chaos-prepaid}, '+49300000018000', '2026-03-01 11:59:59', '2026-03-01 12:00:00', '2026-03-01 12:00:10', 'answered', 9900, '8.n.a1', 'report', 0.10, 156, 0.20),
  ('x-1.2', 'x', 'out', {chaos-fees}, '+7300000025503', '2026-03-01 11:59:59', '2026-03-01 12:00:00', '2026-03-01 12:00:30', 'answered', 30000, '11.n.a35', 'report', 0.910094, 156, 0.95),
  ('x-1.3', 'x', 'out', {chaos-credit}, '+44300000038000', '2026-03-01 11:59:59', '2026-03-01 12:00:00', '2026-03-01 12:00:14', 'answered', 14000, '8.n.a1', 'report', 0.12, 156, 0.12),
  ('x-1.4', 'x', 'out', {chaos-prepaid}, '+49300000048000', '2026-03-01 12:01:00', NULL, '2026-03-01 12:01:00', 'rejected', 0, NULL, 'report', NULL, NULL, NULL),
  ('x-1.5', 'x', 'out', {chaos-unsold}, '+49300000058000', '2026-03-01 11:59:59', '2026-03-01 12:00:00', '2026-03-01 12:00:05', 'answered', 5000, '8.n.a1', 'report', NULL, NULL, 0),
  ('x-1.6', 'x', 'out', {chaos-daily}, '+49300000060486', '2026-03-01 12:00:00', NULL, '2026-03-01 12:00:01', 'busy', 0, '8.n.a1', 'estimate', 0.001003, 156, 0.5);
INSERT INTO attempts (call_id, n, route, provider_id, started_at, result, cost, cost_currency_id) VALUES
  ('x-1.1', 1, '8.n.a1', 8, '2026-03-01 11:59:59', 'answered', 0.0035, 122),
  ('x-1.2', 1, '8.n.a1', 8, '2026-03-01 11:59:59', 'failed', 0.0017, 122),
  ('x-1.2', 2, '11.n.a35', 11, '2026-03-01 11:59:59', 'answered', 0.0070, 122),
  ('x-1.3', 1, '8.n.a1', 8, '2026-03-01 11:59:59', 'answered', 0.0050, 122),
  ('x-1.5', 1, '8.n.a1', 8, '2026-03-01 11:59:59', 'answered', 0.0030, 122),
  ('x-1.6', 1, '8.n.a1', 8, '2026-03-01 12:00:00', 'busy', 0.0017, 122);
INSERT INTO ledger (posting_key, at, kind, debit, debit_id, credit, credit_id, amount, currency_id, call_id) VALUES
  ('s1', '2026-03-01 12:00:10', 'sale', 'customer', {chaos-prepaid}, 'revenue', 0, 0.10, 156, 'x-1.1'),
  ('c1', '2026-03-01 12:00:10', 'purchase', 'expense', 0, 'provider', 8, 0.0035, 122, 'x-1.1'),
  ('s2', '2026-03-01 12:00:30', 'sale', 'customer', {chaos-fees}, 'revenue', 0, 0.910094, 156, 'x-1.2'),
  ('c2', '2026-03-01 12:00:30', 'purchase', 'expense', 0, 'provider', 8, 0.0017, 122, 'x-1.2'),
  ('c3', '2026-03-01 12:00:30', 'purchase', 'expense', 0, 'provider', 11, 0.0070, 122, 'x-1.2'),
  ('s3', '2026-03-01 12:00:14', 'sale', 'customer', {chaos-credit}, 'revenue', 0, 0.10, 156, 'x-1.3'),
  ('s3b', '2026-03-01 12:00:24', 'correction', 'customer', {chaos-credit}, 'revenue', 0, 0.02, 156, 'x-1.3'),
  ('c4', '2026-03-01 12:00:14', 'purchase', 'expense', 0, 'provider', 8, 0.0060, 122, 'x-1.3'),
  ('c4b', '2026-03-01 12:00:24', 'correction', 'provider', 8, 'expense', 0, 0.0010, 122, 'x-1.3'),
  ('c5', '2026-03-01 12:00:05', 'purchase', 'expense', 0, 'provider', 8, 0.0030, 122, 'x-1.5'),
  ('s6', '2026-03-01 12:00:01', 'sale', 'customer', {chaos-daily}, 'revenue', 0, 0.001003, 156, 'x-1.6'),
  ('c6', '2026-03-01 12:00:01', 'purchase', 'expense', 0, 'provider', 8, 0.0017, 122, 'x-1.6');
UPDATE balances SET balance = balance - 0.10, spent_on = '2026-03-01', spent = 0.10 WHERE account_id = {chaos-prepaid};
UPDATE balances SET balance = balance - 0.910094, spent_on = '2026-03-01', spent = 0.910094 WHERE account_id = {chaos-fees};
UPDATE balances SET balance = balance - 0.12, spent_on = '2026-03-01', spent = 0.12 WHERE account_id = {chaos-credit};
UPDATE balances SET balance = balance - 0.001003, spent_on = '2026-03-01', spent = 0.001003 WHERE account_id = {chaos-daily};
