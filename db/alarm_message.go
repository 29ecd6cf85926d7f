package db

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// ReadAlarmMessage reads the JSON of a message.
func ReadAlarmMessage(body []byte) (m AlarmMessage, err error) {
	err = json.Unmarshal(body, &m)
	return m, err
}

// Subject is the message in a line.
func (m *AlarmMessage) Subject() string { return m.Text }

// Letter is the message for people.
func (m *AlarmMessage) Letter() string {
	lines := []string{m.Text, ""}
	if a := m.Alarm; a != nil {
		lines = append(lines, "Rule:     "+a.Rule, "Since:    "+a.Since.UTC().Format(time.DateTime)+" UTC")
		if a.ResolvedAt != nil {
			lines = append(lines, "Over:     "+a.ResolvedAt.UTC().Format(time.DateTime)+" UTC")
		}
		for _, name := range sortedKeys(a.Detail) {
			lines = append(lines, fmt.Sprintf("%-9s %s", strings.ReplaceAll(name, "_", " ")+":", a.Detail[name]))
		}
		lines = append(lines, fmt.Sprintf("Alarm:    %d", a.ID))
	}
	return strings.Join(append(lines, "Look at:  "+m.Link, "", "-- ", "Tandem, message "+m.Message, ""), "\r\n")
}
