package v1

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"tandem/api/stream"
)

// mostListeners bounds the streams of one node.
const mostListeners = 2000

// NewStream makes the stream of the topics that the configuration has.
func NewStream(c *Config) *stream.Hub {
	topics := map[string]stream.Open{}
	if c.Live != nil {
		board := c.Live.Board
		topics["live"] = board.Topic
		topics["account"] = func(name string) (stream.Topic, error) {
			var account int64
			if _, err := fmt.Sscanf(name, "account:%d", &account); err != nil {
				return nil, fmt.Errorf("%w: %s", stream.ErrTopic, name)
			}
			return board.OwnTopic(c.DB, account), nil
		}
		topics["mine"] = func(name string) (stream.Topic, error) {
			var account, subscriber int64
			if _, err := fmt.Sscanf(name, "mine:%d.%d", &account, &subscriber); err != nil {
				return nil, fmt.Errorf("%w: %s", stream.ErrTopic, name)
			}
			return stream.State(func(ctx context.Context) ([]byte, error) {
				own, err := board.OwnOf(ctx, c.DB, account, subscriber)
				if err != nil {
					return nil, err
				}
				return json.Marshal(ownFor(own, subscriber != 0))
			}), nil
		}
	}
	if c.DB != nil {
		topics["alarms"] = func(string) (stream.Topic, error) { return alarmTopic(c.DB), nil }
	}
	if c.Overviews != nil {
		topics["overview"] = func(string) (stream.Topic, error) { return &overviewTopic{of: c.Overviews}, nil }
	}
	return stream.NewHub(stream.Config{Topics: topics, Posted: []string{"import", "replay"}, Every: time.Second, Listeners: mostListeners, Log: c.Log})
}
