package v1

import (
	"context"
	"encoding/json"
	"reflect"
	"time"

	"tandem/db"
)

// overviewTopic is "overview": the whole first, then all but the intervals of the
// series that are as they were.
type overviewTopic struct {
	of   *Overviews
	last Overview // with the whole series
	full []byte
}

// Next implements stream.Topic.
func (t *overviewTopic) Next(ctx context.Context) ([]byte, error) {
	v := t.of.Now(ctx)
	same := v
	same.At = t.last.At
	if reflect.DeepEqual(same, t.last) {
		return nil, nil // nothing has changed
	}
	before := make(map[time.Time]db.CallBucket, len(t.last.Series))
	for _, b := range t.last.Series {
		before[b.At] = b
	}
	t.last, t.full = v, nil
	v.Series = []db.CallBucket{}
	for _, b := range t.last.Series {
		if before[b.At] != b {
			v.Series = append(v.Series, b)
		}
	}
	return json.Marshal(v)
}

// Full implements stream.Topic.
func (t *overviewTopic) Full() []byte {
	if t.full != nil {
		return t.full
	}
	v := t.last
	v.Full = true
	text, err := json.Marshal(v)
	if err != nil {
		return []byte("null")
	}
	t.full = text
	return text
}

// Changed implements stream.Topic.
func (*overviewTopic) Changed() <-chan struct{} { return nil }

// Whole implements stream.Topic.
func (*overviewTopic) Whole() bool { return false }

// Close implements stream.Topic.
func (*overviewTopic) Close() {}
