package billing

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"tandem/billing/rate"
)

// AsteriskCDR is one of Asterisk's own call records: the second source, for calls
// whose end report never came. Asterisk writes one for each Dial, and more for what
// follows; those of one call share the unique id of the caller's channel.
type AsteriskCDR struct {
	UniqueID    string // the call id
	LinkedID    string
	Sequence    int64
	Channel     string
	DestChannel string
	Start       time.Time
	Answer      time.Time // zero: not answered
	End         time.Time
	Disposition string // Asterisk's own word, e.g. ANSWERED
}

// ErrAsteriskCDR is the answer to a line that is no record of Asterisk.
var ErrAsteriskCDR = errors.New("no call record of Asterisk")

// ParseAsteriskCDR reads a line as Asterisk's cdr_custom writes it by the rendered
// configuration (package dialplan): one JSON object, times in seconds.
func ParseAsteriskCDR(line []byte) (AsteriskCDR, error) {
	var wire struct {
		UniqueID    string      `json:"uniqueid"`
		LinkedID    string      `json:"linkedid"`
		Sequence    json.Number `json:"sequence"`
		Channel     string      `json:"channel"`
		DestChannel string      `json:"dstchannel"`
		Start       json.Number `json:"start"`
		Answer      json.Number `json:"answer"`
		End         json.Number `json:"end"`
		Disposition string      `json:"disposition"`
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if err := d.Decode(&wire); err != nil {
		return AsteriskCDR{}, fmt.Errorf("%w: %w", ErrAsteriskCDR, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return AsteriskCDR{}, fmt.Errorf("%w: more than one JSON object", ErrAsteriskCDR)
	}
	c := AsteriskCDR{
		UniqueID: wire.UniqueID, LinkedID: wire.LinkedID, Channel: wire.Channel, DestChannel: wire.DestChannel, Disposition: wire.Disposition,
	}
	for _, v := range []struct{ name, text string }{{"uniqueid", c.UniqueID}, {"linkedid", c.LinkedID}, {"channel", c.Channel}, {"dstchannel", c.DestChannel}, {"disposition", c.Disposition}} {
		if len(v.text) > maxCDRText || !printable(v.text) {
			return AsteriskCDR{}, fmt.Errorf("%w: %s %.64q", ErrAsteriskCDR, v.name, v.text)
		}
	}
	if c.UniqueID == "" {
		return AsteriskCDR{}, fmt.Errorf("%w: no uniqueid", ErrAsteriskCDR)
	}
	var err error
	if wire.Sequence != "" {
		if c.Sequence, err = wire.Sequence.Int64(); err != nil {
			return AsteriskCDR{}, fmt.Errorf("%w: sequence %q", ErrAsteriskCDR, wire.Sequence)
		}
	}
	for _, v := range []struct {
		name string
		from json.Number
		to   *time.Time
	}{{"start", wire.Start, &c.Start}, {"answer", wire.Answer, &c.Answer}, {"end", wire.End, &c.End}} {
		if *v.to, err = epoch(v.from); err != nil {
			return AsteriskCDR{}, fmt.Errorf("%w: %s %q", ErrAsteriskCDR, v.name, v.from)
		}
	}
	if c.Start.IsZero() || c.End.IsZero() {
		return AsteriskCDR{}, fmt.Errorf("%w: started %s, ended %s", ErrAsteriskCDR, c.Start, c.End)
	}
	// Asterisk asks the clock of the day, which may have been set back meanwhile: a
	// call has ended nevertheless, and was answered if it says so.
	for _, t := range []time.Time{c.Start, c.Answer} {
		if c.End.Before(t) {
			c.End = t
		}
	}
	return c, nil
}

// Bounds of a record: what the table takes, and the year 2286.
const (
	maxCDRText = 128
	maxEpoch   = 9_999_999_999
)

// epoch is a time in seconds, to the millisecond. It is no sum of money: a float
// of today's seconds is right to a microsecond.
func epoch(n json.Number) (time.Time, error) {
	if n == "" {
		return time.Time{}, nil
	}
	seconds, err := n.Float64()
	if err != nil || seconds < 0 || seconds > maxEpoch {
		return time.Time{}, ErrAsteriskCDR
	}
	if seconds == 0 {
		return time.Time{}, nil
	}
	return time.UnixMilli(int64(math.Round(seconds * 1000))).UTC(), nil
}

func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// Talk is how long a call talked by Asterisk's records of it, and when that began;
// answered is false when none of them was answered by a called party. It is never
// more than can be priced: a clock that jumps makes records of years.
func Talk(records []AsteriskCDR) (from time.Time, talk time.Duration, answered bool) {
	for _, r := range records {
		if r.Answer.IsZero() || r.DestChannel == "" || r.End.Before(r.Answer) {
			continue
		}
		if !answered || r.Answer.Before(from) {
			from = r.Answer
		}
		talk = min(talk+min(r.End.Sub(r.Answer), rate.MaxTalk), rate.MaxTalk)
		answered = true
	}
	return from, talk, answered
}
