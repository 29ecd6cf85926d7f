package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"os/user"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"tandem/alarm/send"
	"tandem/db"
)

type alarmCmd struct {
	List alarmListCmd `cmd:"" default:"withargs" help:"List alarms, newest first (the default)."`
	Show alarmShowCmd `cmd:"" help:"Show an alarm and what was told of it."`
	Ack  alarmAckCmd  `cmd:"" help:"Say that somebody looks after an alarm."`
	Test alarmTestCmd `cmd:"" help:"Send a test to a channel."`
	Rule alarmRuleCmd `cmd:"" name:"rules" help:"List the rules."`
}

type alarmListCmd struct {
	State string `help:"Which: open (pending and firing), pending, firing, resolved, all." enum:"open,pending,firing,resolved,all" default:"open"`
	Top   int    `help:"At most so many." default:"50"`
	JSON  bool   `help:"Print JSON."`
}

// Run prints alarms.
func (x alarmListCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		list, err := database.Alarms(ctx, db.AlarmFilter{State: x.State}, max(1, x.Top))
		if err != nil {
			return err
		}
		if x.JSON {
			return printJSON(e, append([]db.Alarm{}, list...))
		}
		if len(list) == 0 {
			_, err := fmt.Fprintln(e.out, "none")
			return err
		}
		rows := [][]string{{"id", "state", "severity", "since", "acknowledged", "rule", "what"}}
		for i := range list {
			a := &list[i]
			rows = append(rows, []string{strconv.FormatInt(a.ID, 10), a.State, a.Severity, moment(a.Since), cmp.Or(printable(a.AckedBy), "-"), printable(a.Rule), printable(a.Text)})
		}
		printColumns(e.out, rows)
		return nil
	})
}

type alarmShowCmd struct {
	ID   int64 `arg:"" help:"Of the alarm."`
	JSON bool  `help:"Print JSON."`
}

// Run prints an alarm.
func (x alarmShowCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		a, err := database.Alarm(ctx, x.ID)
		if err != nil {
			return err
		}
		told, err := database.AlarmDeliveries(ctx, db.AlarmDeliveryFilter{AlarmID: x.ID}, 100)
		if err != nil {
			return err
		}
		if x.JSON {
			return printJSON(e, struct {
				db.Alarm

				Deliveries []db.AlarmDelivery `json:"deliveries"`
			}{a, append([]db.AlarmDelivery{}, told...)})
		}
		printAlarm(e.out, &a, told)
		return nil
	})
}

func printAlarm(out io.Writer, a *db.Alarm, told []db.AlarmDelivery) {
	line := func(what, text string) { fmt.Fprintf(out, "%-14s %s\n", what, printable(text)) }
	line("alarm", strconv.FormatInt(a.ID, 10)+" "+a.State+", "+a.Severity)
	line("rule", a.Rule)
	line("what", a.Text)
	line("worst", a.Worst.String())
	line("since", moment(a.Since))
	for _, at := range []struct {
		what string
		at   *time.Time
	}{{"fired", a.FiredAt}, {"over", a.ResolvedAt}} {
		if at.at != nil {
			line(at.what, moment(*at.at))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.Detail)) {
		line(name, a.Detail[name])
	}
	if a.Silenced {
		line("silent hours", "it fired in them")
	}
	if a.AckedAt != nil {
		line("acknowledged", moment(*a.AckedAt)+" by "+a.AckedBy+": "+a.AckNote)
	}
	line("look at", a.Link)
	for i := range told {
		d := &told[i]
		line("told", moment(d.CreatedAt)+" "+d.Event+" to "+d.Channel+": "+d.State+", tried "+plural(int64(d.Tries), "time")+" "+d.Error)
	}
}

type alarmAckCmd struct {
	ID   int64  `arg:"" help:"Of the alarm."`
	Note string `arg:"" optional:"" help:"What is being done about it."`
}

// Run acknowledges an alarm as whoever is signed in to this machine.
func (x alarmAckCmd) Run(ctx context.Context, e *env) error {
	name := "command line"
	if u, err := user.Current(); err == nil {
		name = "command line (" + u.Username + ")"
	}
	ctx = db.WithActor(ctx, db.Actor{Name: name})
	return withDB(ctx, e, func(database *db.DB) error {
		a, err := database.Acknowledge(ctx, x.ID, x.Note)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.out, "alarm %d is acknowledged: %s\n", a.ID, printable(a.Rule))
		return err
	})
}

type alarmTestCmd struct {
	Channel string `arg:"" help:"Name of the channel, or its number."`
}

// Run sends a test from this machine.
func (x alarmTestCmd) Run(ctx context.Context, e *env) error {
	c, err := loadConfig(e.config)
	if err != nil {
		return err
	}
	return withDB(ctx, e, func(database *db.DB) error {
		id, err := x.channel(ctx, database)
		if err != nil {
			return err
		}
		sender, err := newAlarms(c)
		if err != nil {
			return err
		}
		courier := send.NewCourier(send.Config{Sender: sender, Log: zerolog.Nop()})
		v, err := testAlarm(ctx, database, courier, c.HTTP.PublicURL, id)
		if err != nil {
			return err
		}
		if v.State != "sent" {
			return fmt.Errorf("channel %s: %s", strconv.Quote(v.Channel), printable(v.Error))
		}
		_, err = fmt.Fprintf(e.out, "%s took message %s\n", printable(v.Channel), v.Message)
		return err
	})
}

func (x alarmTestCmd) channel(ctx context.Context, database *db.DB) (id int64, err error) {
	if id, err := strconv.ParseInt(x.Channel, 10, 64); err == nil {
		return id, nil
	}
	err = db.AlarmChannels().Each(ctx, database, db.ListQuery{}, func(c *db.AlarmChannel) error {
		if c.Name == x.Channel {
			id = c.ID
		}
		return nil
	})
	if err == nil && id == 0 {
		err = fmt.Errorf("there is no channel %s", strconv.Quote(x.Channel))
	}
	return id, err
}

type alarmRuleCmd struct {
	JSON bool `help:"Print JSON."`
}

// Run prints the rules.
func (x alarmRuleCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		list := []db.AlarmRule{}
		if err := db.AlarmRules().Each(ctx, database, db.ListQuery{}, func(r *db.AlarmRule) error {
			list = append(list, *r)
			return nil
		}); err != nil {
			return err
		}
		if x.JSON {
			return printJSON(e, list)
		}
		rows := [][]string{{"id", "on", "name", "measure", "condition", "for each", "window", "severity", "channels"}}
		for i := range list {
			rows = append(rows, ruleCells(&list[i]))
		}
		printColumns(e.out, rows)
		return nil
	})
}

func ruleCells(r *db.AlarmRule) []string {
	on, channels := "no", make([]string, len(r.Channels))
	if *r.Enabled {
		on = "yes"
	}
	for i, c := range r.Channels {
		channels[i] = printable(c.Name)
	}
	return []string{
		strconv.FormatInt(r.ID, 10), on, printable(r.Name), r.Measure, r.Condition + " " + r.Value, cmp.Or(strings.Join(r.Each, ","), "-"),
		(time.Duration(r.WindowS) * time.Second).String(), r.Severity, cmp.Or(strings.Join(channels, ","), "-"),
	}
}
