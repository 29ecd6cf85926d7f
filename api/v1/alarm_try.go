package v1

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tandem/alarm"
	"tandem/api/access"
	"tandem/db"
)

// AlarmTrial is what a rule would say now.
type AlarmTrial struct {
	Members []db.AlarmVerdict `json:"members" nullable:"false" doc:"The worst 200: bad ones first"`
	Total   int               `json:"total"`
	Bad     int               `json:"bad"`
	Unknown int               `json:"unknown" doc:"There is too little to judge by"`
}

func tryAlarms(d *door) {
	handle(d, look(access.System), huma.Operation{
		OperationID: "try-alarm-rule", Method: http.MethodPost, Path: "/alarm-rules/try", Tags: []string{"Alarms"},
		Summary: "Say what a rule would find now, without saving it", Description: "As it is seen just now, without for_s. Nobody is told.",
	}, func(ctx context.Context, in *struct{ Body db.AlarmRule }) (*struct{ Body AlarmTrial }, error) {
		list, err := d.DB.TryAlarmRule(ctx, in.Body)
		if err != nil {
			return nil, err
		}
		v := AlarmTrial{Members: []db.AlarmVerdict{}, Total: len(list)}
		for i := range list {
			switch list[i].Verdict {
			case string(alarm.Bad):
				v.Bad++
			case string(alarm.Unknown):
				v.Unknown++
			}
		}
		v.Members = append(v.Members, list[:min(len(list), mostTried)]...)
		return &struct{ Body AlarmTrial }{v}, nil
	})
}

// mostTried bounds what is shown of a trial.
const mostTried = 200
