package v1

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/db"
)

type alarmList struct {
	Paging

	State        string    `query:"state" enum:"open,pending,firing,resolved,all" default:"open" doc:"open: pending and firing"`
	RuleID       int64     `query:"rule_id" minimum:"1"`
	Severity     string    `query:"severity" enum:"info,warning,critical"`
	Acknowledged string    `query:"acknowledged" enum:"true,false"`
	From         time.Time `query:"from" doc:"Seen first from then"`
	To           time.Time `query:"to" doc:"Seen first before then"`
}

func (l *alarmList) filter() (db.AlarmFilter, error) {
	f := db.AlarmFilter{State: l.State, RuleID: l.RuleID, Severity: l.Severity, From: l.From, To: l.To}
	if l.Acknowledged != "" {
		f.Acknowledged = new(l.Acknowledged == "true")
	}
	return f, readCursor(l.Cursor, &f.Before)
}

// AlarmStory is an alarm with what was told of it.
type AlarmStory struct {
	db.Alarm

	Deliveries []db.AlarmDelivery `json:"deliveries" nullable:"false" doc:"The newest 100, newest first"`
}

type alarmAnswer struct{ Body AlarmStory }

type acknowledgement struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Note string `json:"note" required:"false" maxLength:"500" doc:"What is being done about it"`
	}
}

type deliveryList struct {
	Paging

	AlarmID   int64  `query:"alarm_id" minimum:"1"`
	ChannelID int64  `query:"channel_id" minimum:"1"`
	State     string `query:"state" enum:"waiting,sent,failed"`
}

type deliveryAnswer struct{ Body db.AlarmDelivery }

func alarms(d *door) {
	handle(d, look(access.System), huma.Operation{
		OperationID: "list-alarms", Method: http.MethodGet, Path: "/alarms", Tags: []string{"Alarms"}, Summary: "List alarms, newest first",
		Description: "Open ones, unless asked for others. The topic alarms of /stream tells when there is something new.",
	}, func(ctx context.Context, in *alarmList) (*struct{ Body Page[db.Alarm] }, error) {
		filter, err := in.filter()
		if err != nil {
			return nil, err
		}
		list, err := d.DB.Alarms(ctx, filter, in.Limit+1)
		if err != nil {
			return nil, inQuery(err)
		}
		page, err := pageByID(list, in.Limit, func(a db.Alarm) int64 { return a.ID }, func(a db.Alarm) (db.Alarm, error) { return a, nil })
		return &struct{ Body Page[db.Alarm] }{page}, err
	})
	handle(d, look(access.System), huma.Operation{
		OperationID: "get-alarm", Method: http.MethodGet, Path: "/alarms/{id}", Tags: []string{"Alarms"}, Summary: "Read an alarm, with what was told of it",
	}, func(ctx context.Context, in *ByID) (*alarmAnswer, error) {
		a, err := d.DB.Alarm(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return d.alarmStory(ctx, &a)
	})
	handle(d, change(access.System), huma.Operation{
		OperationID: "acknowledge-alarm", Method: http.MethodPut, Path: "/alarms/{id}/acknowledgement", Tags: []string{"Alarms"},
		Summary: "Say that somebody looks after it", Description: "Nobody is reminded of it any more; that it is over is told. Once more: the note is replaced.",
	}, func(ctx context.Context, in *acknowledgement) (*alarmAnswer, error) {
		a, err := d.DB.Acknowledge(ctx, in.ID, in.Body.Note)
		if err != nil {
			return nil, err
		}
		return d.alarmStory(db.ForDeeds(ctx), &a)
	})
	handle(d, change(access.System), huma.Operation{
		OperationID: "unacknowledge-alarm", Method: http.MethodDelete, Path: "/alarms/{id}/acknowledgement", Tags: []string{"Alarms"},
		Summary: "Take an acknowledgement back",
	}, func(ctx context.Context, in *ByID) (*alarmAnswer, error) {
		a, err := d.DB.Unacknowledge(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return d.alarmStory(db.ForDeeds(ctx), &a)
	})
	alarmDeliveries(d)
}

func (d *door) alarmStory(ctx context.Context, a *db.Alarm) (*alarmAnswer, error) {
	list, err := d.DB.AlarmDeliveries(ctx, db.AlarmDeliveryFilter{AlarmID: a.ID}, 100)
	if err != nil {
		return nil, err
	}
	return &alarmAnswer{AlarmStory{*a, append([]db.AlarmDelivery{}, list...)}}, nil
}

func alarmDeliveries(d *door) {
	handle(d, look(access.System), huma.Operation{
		OperationID: "list-alarm-deliveries", Method: http.MethodGet, Path: "/alarm-deliveries", Tags: []string{"Alarms"}, Summary: "List what was told to channels, newest first",
	}, func(ctx context.Context, in *deliveryList) (*struct{ Body Page[db.AlarmDelivery] }, error) {
		f := db.AlarmDeliveryFilter{AlarmID: in.AlarmID, ChannelID: in.ChannelID, State: in.State}
		if err := readCursor(in.Cursor, &f.Before); err != nil {
			return nil, err
		}
		list, err := d.DB.AlarmDeliveries(ctx, f, in.Limit+1)
		if err != nil {
			return nil, err
		}
		page, err := pageByID(list, in.Limit, func(v db.AlarmDelivery) int64 { return v.ID }, func(v db.AlarmDelivery) (db.AlarmDelivery, error) { return v, nil })
		return &struct{ Body Page[db.AlarmDelivery] }{page}, err
	})
	handle(d, change(access.System), huma.Operation{
		OperationID: "test-alarm-channel", Method: http.MethodPost, Path: "/alarm-channels/{id}/test", Tags: []string{"Alarms"},
		Summary: "Send a test to a channel, and say what came of it", Description: "Also when it is switched off or silent. Waits for the receiver; a test that fails is not tried again.",
	}, func(ctx context.Context, in *ByID) (*deliveryAnswer, error) {
		if d.AlarmTest == nil {
			return nil, huma.Error503ServiceUnavailable("this node sends nothing")
		}
		v, err := d.AlarmTest(db.ForDeeds(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		return &deliveryAnswer{v}, nil
	})
}
