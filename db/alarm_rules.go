package db

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"tandem/alarm"
)

// AlarmRule says when somebody is to be told.
type AlarmRule struct {
	ID         int64        `json:"id" readOnly:"true"`
	Name       string       `json:"name" doc:"1 to 64 characters, unique"`
	Measure    string       `json:"measure" doc:"One of GET /alarm-measures: asr, margin, spend, …"`
	Unit       string       `json:"unit" readOnly:"true" enum:"percent,seconds,money,count,score" doc:"Of the measure; money is in the base currency"`
	Condition  string       `json:"condition" enum:"below,above,drop,rise" doc:"drop, rise: so many percent below or above its own past, beyond chance"`
	Value      string       `json:"value" doc:"Decimal in the measure's unit: 40 is 40 %; of drop and rise percent"`
	Clear      *string      `json:"clear" required:"false" doc:"It is over only there, beyond value to the good side; null: at value"`
	Each       []string     `json:"each" required:"false" nullable:"false" csv:"-" doc:"One alarm for each provider, tier, gate, server, account, country, prefix, network; none: one of everything"`
	Only       []alarm.Only `json:"only" required:"false" nullable:"false" csv:"-" doc:"Only what has one of these values"`
	WindowS    int          `json:"window_s" doc:"Of how much time the measure is, to now: 300 s to 7 days, in whole 5 minutes"`
	ForS       int          `json:"for_s" required:"false" doc:"It must be so for so long before it fires, at most a day"`
	ClearForS  int          `json:"clear_for_s" required:"false" default:"300" doc:"And over for so long before it is resolved, at most a day"`
	MinSamples int64        `json:"min_samples" required:"false" default:"30" doc:"Of what a share or mean is of; with fewer nothing is said. 1 to 1000000. Of a sum: of drop so many bids in the past, of rise so many now; else it does not count"`
	MinMoney   string       `json:"min_money" required:"false" default:"0" doc:"Of spend, sale, cost and margin, in the base currency: of rise less than that now is good, of drop less than that in the past says nothing; else it does not count. 0: any"`
	RepeatS    int          `json:"repeat_s" required:"false" doc:"Told again so often while nobody has acknowledged it, 300 s to 7 days; 0: never"`
	Severity   string       `json:"severity" required:"false" enum:"info,warning,critical" default:"warning"`
	SilentFrom string       `json:"silent_from" required:"false" doc:"Nobody is told from then, HH:MM; what fires then is shown, and told at the end if it is still so"`
	SilentTo   string       `json:"silent_to" required:"false" doc:"Until then; both empty: never silent"`
	SilentZone string       `json:"silent_zone" required:"false" default:"UTC" doc:"Of the IANA time zone database"`
	ChannelIDs []int64      `json:"channel_ids" required:"false" nullable:"false" csv:"-" doc:"Who is told; none: it is shown in the console alone"`
	Channels   []AlarmNamed `json:"channels" readOnly:"true" nullable:"false" csv:"-"`
	Comment    string       `json:"comment" required:"false"`
	Enabled    *bool        `json:"enabled" required:"false" nullable:"false" doc:"Left out: true"`
}

// AlarmNamed is a channel that a rule names.
type AlarmNamed struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Kind string `json:"kind" enum:"webhook,email"`
}

// AlarmRules is the table of them.
func AlarmRules() Table[AlarmRule] {
	return Table[AlarmRule]{
		name: "alarm_rules", kind: "alarm rule", order: "name",
		fields: (*AlarmRule).fields, check: (*AlarmRule).check, load: loadAlarmRules, save: saveAlarmRule,
		id: func(r *AlarmRule) *int64 { return &r.ID }, title: func(r *AlarmRule) string { return r.Name },
		filters: map[string]string{
			"enabled": filterEnabled, "measure": "t.measure = ?", "severity": "t.severity = ?",
			"channel_id": "EXISTS (SELECT 1 FROM alarm_rule_channels c WHERE c.rule_id = t.id AND c.channel_id = ?)",
		},
		search: []string{"t.name", "t.comment", "t.measure"},
		unique: map[string]FieldError{"alarm_rules_name": {"name", "this name is taken"}},
		owned:  []string{"alarm_rule_channels"},
	}
}

func (r *AlarmRule) fields() []field {
	return []field{
		{"id", "", "t.id", &r.ID},
		{"name", "name", "", &r.Name},
		{"measure", "measure", "", &r.Measure},
		{"condition", "comparison", "", &r.Condition},
		{"value", "value", "", figure{&r.Value}},
		{"clear", "clear_value", "", figureOrNull{&r.Clear}},
		{"each", "members", "", asJSON[[]string]{&r.Each}},
		{"only", "filters", "", asJSON[[]alarm.Only]{&r.Only}},
		{"window_s", "window_s", "", &r.WindowS},
		{"for_s", "for_s", "", &r.ForS},
		{"clear_for_s", "clear_for_s", "", &r.ClearForS},
		{"min_samples", "min_samples", "", &r.MinSamples},
		{"min_money", "min_money", "", figure{&r.MinMoney}},
		{"repeat_s", "repeat_s", "", &r.RepeatS},
		{"severity", "severity", "", &r.Severity},
		{"silent_from", "silent_from", "", &r.SilentFrom},
		{"silent_to", "silent_to", "", &r.SilentTo},
		{"silent_zone", "silent_zone", "", &r.SilentZone},
		{"comment", "comment", "", &r.Comment},
		{"enabled", "enabled", "", &r.Enabled},
	}
}

func (r *AlarmRule) check() error {
	orTrue(&r.Enabled)
	r.MinMoney = cmp.Or(r.MinMoney, "0")
	r.Each, r.Only, r.ChannelIDs = append([]string{}, r.Each...), append([]alarm.Only{}, r.Only...), append([]int64{}, r.ChannelIDs...)
	slices.Sort(r.ChannelIDs)
	r.ChannelIDs = slices.Compact(r.ChannelIDs)
	if err := faults(
		goodName(r.Name),
		goodText("comment", r.Comment, 255),
		must(slices.Contains(alarm.Severities(), alarm.Severity(r.Severity)), "severity", "want info, warning or critical"),
		must(r.ForS >= 0 && r.ForS <= daySeconds, "for_s", "want 0 to 86400 seconds"),
		must(r.ClearForS >= 0 && r.ClearForS <= daySeconds, "clear_for_s", "want 0 to 86400 seconds"),
		must(r.MinSamples >= 1 && r.MinSamples <= 1_000_000, "min_samples", "want 1 to 1000000"),
		must(r.RepeatS == 0 || r.RepeatS >= 300 && r.RepeatS <= 7*daySeconds, "repeat_s", "want 0 for never, or 300 to 604800 seconds"),
		must(len(r.ChannelIDs) <= 50, "channel_ids", "want at most 50"),
		goodSilence(&r.SilentFrom, &r.SilentTo, &r.SilentZone),
	); err != nil {
		return err
	}
	return r.checkMeasure()
}

// daySeconds is a day.
const daySeconds = 24 * 60 * 60

func loadAlarmRules(ctx context.Context, tx *sql.Tx, list []*AlarmRule) error {
	ids, places := placesOf(list, func(r *AlarmRule) int64 { return r.ID })
	for _, r := range list {
		r.ChannelIDs, r.Channels = []int64{}, []AlarmNamed{}
		if m, ok := alarm.MeasureOf(r.Measure); ok {
			r.Unit = string(m.Unit)
		}
	}
	err := eachIn(ctx, tx, `SELECT r.rule_id, c.id, c.name, c.kind FROM alarm_rule_channels r JOIN alarm_channels c ON c.id = r.channel_id
		WHERE r.rule_id IN (?) ORDER BY r.rule_id, c.id`, ids, func(rows *sql.Rows) error {
		var id int64
		var c AlarmNamed
		err := rows.Scan(&id, &c.ID, &c.Name, &c.Kind)
		places[id].ChannelIDs, places[id].Channels = append(places[id].ChannelIDs, c.ID), append(places[id].Channels, c)
		return err
	})
	return err
}

func saveAlarmRule(ctx context.Context, tx *sql.Tx, r *AlarmRule) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM alarm_rule_channels WHERE rule_id = ?`, r.ID); err != nil {
		return err
	}
	for i, id := range r.ChannelIDs {
		if err := mustExist(ctx, tx, "alarm_channels", id, fmt.Sprintf("channel_ids[%d]", i)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO alarm_rule_channels (rule_id, channel_id) VALUES (?, ?)`, r.ID, id); err != nil {
			return err
		}
	}
	return nil
}
