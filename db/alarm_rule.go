package db

import (
	"context"
	"strconv"
	"time"

	"tandem/alarm"
)

// alarmRules are the rules that are switched on, as package alarm has them, and the
// ids of those that a newer program has written and this one cannot read.
func (d *DB) alarmRules(ctx context.Context) (list []alarm.Rule, unread []int64, err error) {
	err = AlarmRules().Each(ctx, d, ListQuery{}, func(v *AlarmRule) error {
		if !*v.Enabled {
			return nil
		}
		r, err := v.rule()
		if err != nil {
			unread = append(unread, v.ID)
			d.log.Error().Err(err).Str("rule", strconv.Quote(v.Name)).Msg("alarm rule left out")
			return nil
		}
		list = append(list, r)
		return nil
	})
	return list, unread, err
}

// rule is the row as package alarm has it.
func (r *AlarmRule) rule() (alarm.Rule, error) {
	checked := *r
	if err := checked.check(); err != nil {
		return alarm.Rule{}, err
	}
	r = &checked // values in the form that figures have
	m, _ := alarm.MeasureOf(r.Measure)
	value, err := alarm.ParseValue(r.Value)
	if err != nil {
		return alarm.Rule{}, err
	}
	least, err := alarm.ParseValue(r.MinMoney)
	if err != nil {
		return alarm.Rule{}, err
	}
	v := alarm.Rule{
		ID: r.ID, Name: r.Name, Measure: m, Condition: alarm.Condition(r.Condition), Value: value, Each: r.Each, Only: r.Only,
		Window: secondsOf(r.WindowS), For: secondsOf(r.ForS), ClearFor: secondsOf(r.ClearForS), MinSamples: r.MinSamples, MinMoney: least, Repeat: secondsOf(r.RepeatS),
		Severity: alarm.Severity(r.Severity), Channels: r.ChannelIDs,
	}
	if r.Clear != nil {
		over, err := alarm.ParseValue(*r.Clear)
		if err != nil {
			return alarm.Rule{}, err
		}
		v.Clear = &over
	}
	v.Silent, err = alarm.NewSilence(r.SilentFrom, r.SilentTo, r.SilentZone)
	return v, err
}

func secondsOf(n int) time.Duration { return time.Duration(n) * time.Second }
