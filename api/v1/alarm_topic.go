package v1

import (
	"context"
	"encoding/json"
	"time"

	"tandem/api/stream"
	"tandem/db"
)

// AlarmNews are the alarms that are open, as the topic alarms tells them.
type AlarmNews struct {
	db.AlarmCounts

	Alarms []db.Alarm `json:"alarms" nullable:"false" doc:"The newest 50 that are open, newest first"`
}

// Bounds of the topic.
const (
	alarmNews  = 50
	alarmEvery = 3 * time.Second // alarms are judged twice a minute
)

// alarmTopic tells the alarms that are open, when anything of them is new.
func alarmTopic(d *db.DB) stream.Topic {
	var asked time.Time
	var last []byte
	return stream.State(func(ctx context.Context) ([]byte, error) {
		if time.Since(asked) < alarmEvery {
			return last, nil
		}
		counts, err := d.AlarmCounts(ctx)
		if err != nil {
			return nil, err
		}
		list, err := d.Alarms(ctx, db.AlarmFilter{State: "open"}, alarmNews)
		if err != nil {
			return nil, err
		}
		asked = time.Now()
		last, err = json.Marshal(AlarmNews{counts, append([]db.Alarm{}, list...)})
		return last, err
	})
}
