-- +goose NO TRANSACTION
-- +goose Up
-- Who is told of what.
CREATE TABLE IF NOT EXISTS alarm_rule_channels (
  rule_id    INT NOT NULL,
  channel_id INT NOT NULL,
  PRIMARY KEY (rule_id, channel_id),
  KEY alarm_rule_channels_channel (channel_id),
  CONSTRAINT alarm_rule_channels_rule FOREIGN KEY (rule_id) REFERENCES alarm_rules (id),
  CONSTRAINT alarm_rule_channels_of FOREIGN KEY (channel_id) REFERENCES alarm_channels (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
