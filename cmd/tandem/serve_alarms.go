package main

import (
	"context"
	"errors"
	"time"

	"tandem/alarm/send"
	"tandem/api"
	"tandem/db"
)

// alarms are what this node does about alarms.
type alarms struct {
	courier *send.Courier
	metrics *api.AlarmMetrics
	base    string // of the console
}

// courierEvery is between looks for messages that are due; what this node has
// written is sent at once.
const courierEvery = 5 * time.Second

// newAlarms makes what sends messages of alarms.
func newAlarms(c config) (*send.Sender, error) {
	networks, err := c.Alarms.networks()
	if err != nil {
		return nil, err
	}
	password := ""
	if c.Mail.PasswordFile != "" {
		if password, err = secret("mail.password_file", c.Mail.PasswordFile); err != nil {
			return nil, err
		}
	}
	mail, err := c.Mail.mail(password)
	if err != nil {
		return nil, err
	}
	return &send.Sender{Webhook: send.NewWebhook(networks, time.Now), Mail: mail}, nil
}

func (n *node) openAlarms() error {
	sender, err := newAlarms(n.config)
	if err != nil {
		return err
	}
	n.alarms = &alarms{metrics: api.NewAlarmMetrics(n.registry), base: n.config.HTTP.PublicURL}
	n.alarms.courier = send.NewCourier(send.Config{
		Take: func(ctx context.Context) (send.Errand, bool, error) {
			e, ok, err := n.db.TakeAlarmErrand(ctx, sender.Kinds())
			if err != nil || !ok {
				return send.Errand{}, false, err
			}
			return errandOf(n.db, &e), true, nil
		},
		Sender: sender, Every: courierEvery, Told: n.alarms.metrics.Delivered, Log: n.log,
	})
	return nil
}

// judgingAlarms judges rules, on one node at a time: the one that has the lease, of
// those whose configuration lets them.
func (n *node) judgingAlarms(ctx context.Context) {
	if n.config.Alarms.Every == 0 {
		return
	}
	watch := n.db.NewAlarmWatch(n.alarms.base)
	watch.Rests = n.config.Alarms.Every * 4 / 5
	var forgotten time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(n.config.Alarms.Every):
		}
		if !n.alarmRound(ctx, watch) {
			n.alarms.metrics.Elsewhere()
			continue
		}
		if time.Since(forgotten) > forgetEvery {
			_, err := n.db.ForgetAlarms(ctx, n.config.Alarms.KeepMessages, n.config.Alarms.Keep)
			n.tell(ctx, "old alarms could not be forgotten", err)
			forgotten = time.Now()
		}
	}
}

// alarmRound judges once; false: another node does.
func (n *node) alarmRound(ctx context.Context, watch *db.AlarmWatch) bool {
	began := time.Now()
	done, err := watch.Round(ctx)
	if errors.Is(err, db.ErrBusy) {
		return false
	}
	n.tell(ctx, "alarms could not be judged", err)
	for _, failed := range done.Failed {
		n.tell(ctx, "an alarm rule could not be judged", failed)
	}
	if done.Late > 0 {
		n.log.Warn().Int("rules", done.Late).Stringer("behind", done.Behind.Round(time.Second)).
			Msg("figures of quality are late: alarm rules over them are not judged, see tandem_quality_lag_seconds in /metrics")
	}
	if done.LeftOut > 0 {
		n.log.Warn().Int("left_out", done.LeftOut).Msg("an alarm rule finds more than 100 things bad: the rest is left out")
	}
	if done.Unseen > 0 {
		n.log.Warn().Int("left_out", done.Unseen).Msg("an alarm rule is told by more than 2000 things: it looks at the busiest, the rest is left out")
	}
	if done.Fired+done.Resolved > 0 {
		n.log.Info().Int("fired", done.Fired).Int("resolved", done.Resolved).Int("messages", done.Told).Msg("alarms")
	}
	n.alarms.metrics.Judged(time.Since(began), err, len(done.Failed)+done.Late)
	if done.Told > 0 {
		n.alarms.courier.Wake()
	}
	counts, err := n.db.AlarmCounts(ctx)
	n.tell(ctx, "alarms could not be counted", err)
	waiting, err2 := n.db.AlarmDeliveriesWaiting(ctx)
	n.tell(ctx, "messages of alarms could not be counted", err2)
	if err == nil && err2 == nil {
		n.alarms.metrics.Open(counts.Pending, map[string]int64{"info": counts.Info, "warning": counts.Warning, "critical": counts.Critical}, waiting)
	}
	return true
}

// testAlarm sends a test to a channel and waits for what comes of it.
func testAlarm(ctx context.Context, database *db.DB, courier *send.Courier, base string, channel int64) (db.AlarmDelivery, error) {
	e, err := database.NewAlarmTest(ctx, channel, base)
	if err != nil {
		return db.AlarmDelivery{}, err
	}
	errand := errandOf(database, &e)
	courier.Deliver(ctx, &errand)
	return database.AlarmDelivery(ctx, e.ID)
}

// errandOf is a message as package send has it. A test is sent once, whatever the
// channel is like.
func errandOf(database *db.DB, e *db.AlarmErrand) send.Errand {
	test := e.AlarmID == 0
	v := send.Errand{
		Kind: e.Target.Kind, Target: send.Target{Kind: e.Target.Kind, URL: e.Target.URL, To: e.Target.To}, Message: send.Message{ID: e.Message, At: e.CreatedAt, Body: e.Body},
		Sent: func(ctx context.Context, note string) error { return database.AlarmErrandSent(ctx, e, note) },
		Failed: func(ctx context.Context, problem string, forGood bool) error {
			return database.AlarmErrandFailed(ctx, e, problem, forGood || test)
		},
	}
	text, err := db.ReadAlarmMessage(e.Body)
	switch {
	case err != nil:
		v.Problem = "the message cannot be read"
	case e.Problem != "":
		v.Problem = e.Problem
	case e.Target.ID == 0:
		v.Kind, v.Problem = "none", "the channel is deleted"
	case !e.Target.Enabled && !test:
		v.Problem = "the channel is switched off"
	case e.Target.Kind == "webhook":
		if v.Target.Key, err = db.WebhookKey(e.Target.Secret); err != nil {
			v.Problem = "the channel has no secret that can be used: make a new one"
		}
	}
	v.Message.Subject, v.Message.Text = text.Subject(), text.Letter()
	return v
}
