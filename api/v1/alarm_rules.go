package v1

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tandem/alarm"
	"tandem/api/access"
	"tandem/db"
)

type alarmRuleList struct {
	Listing

	Enabled   string `query:"enabled" enum:"true,false"`
	Measure   string `query:"measure" maxLength:"24"`
	Severity  string `query:"severity" enum:"info,warning,critical"`
	ChannelID int64  `query:"channel_id"`
}

type alarmChannelList struct {
	Listing

	Enabled string `query:"enabled" enum:"true,false"`
	Kind    string `query:"kind" enum:"webhook,email"`
}

// AlarmMeasure is something that rules can look at.
type AlarmMeasure struct {
	Name           string   `json:"name"`
	Unit           string   `json:"unit" enum:"percent,seconds,money,count,score"`
	Source         string   `json:"source" enum:"rollups,numbers,charges,answers,live"`
	Conditions     []string `json:"conditions" nullable:"false"`
	Each           []string `json:"each" nullable:"false" doc:"What a rule can have one alarm for each of"`
	EachIsFixed    bool     `json:"each_is_fixed" doc:"A rule's each is exactly that"`
	Only           []string `json:"only" nullable:"false" doc:"What it can be picked by"`
	LongestWindowS int      `json:"longest_window_s"`
	Samples        bool     `json:"samples" doc:"min_samples counts: it is a share or a mean"`
	Text           string   `json:"text"`
}

func alarmRules(d *door) {
	mount[db.AlarmRule, alarmRuleList](d, resource[db.AlarmRule]{
		table: db.AlarmRules(), id: func(r db.AlarmRule) int64 { return r.ID },
		one: "alarm-rule", many: "alarm-rules", what: "alarm rules", a: "an alarm rule", tag: "Alarms", area: access.System,
	})
	mount[db.AlarmChannel, alarmChannelList](d, resource[db.AlarmChannel]{
		table: db.AlarmChannels(), id: func(c db.AlarmChannel) int64 { return c.ID },
		one: "alarm-channel", many: "alarm-channels", what: "alarm channels", a: "an alarm channel", tag: "Alarms", area: access.System,
	})
	handle(d, look(access.System), huma.Operation{
		OperationID: "list-alarm-measures", Method: http.MethodGet, Path: "/alarm-measures", Tags: []string{"Alarms"},
		Summary: "What alarm rules can look at",
	}, func(context.Context, *struct{}) (*struct{ Body Page[AlarmMeasure] }, error) {
		page := Page[AlarmMeasure]{Items: []AlarmMeasure{}}
		for _, m := range alarm.Measures() {
			page.Items = append(page.Items, alarmMeasure(&m))
		}
		return &struct{ Body Page[AlarmMeasure] }{page}, nil
	})
}

func alarmMeasure(m *alarm.Measure) AlarmMeasure {
	v := AlarmMeasure{
		Name: m.Name, Unit: string(m.Unit), Source: string(m.Source), Each: m.Each, EachIsFixed: m.EachFixed(), Only: m.Only(),
		LongestWindowS: int(m.LongestWindow.Seconds()), Samples: m.Kind != alarm.Sum, Text: m.Text,
	}
	for _, c := range m.Conditions {
		v.Conditions = append(v.Conditions, string(c))
	}
	return v
}
