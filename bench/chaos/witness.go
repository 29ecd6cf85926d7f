package chaos

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tandem/play/sip"
)

// sighting is a call as its phone knows it.
type sighting struct {
	order
	Login  string
	Result sip.CallResult // zero where the phone could send nothing
	call   *sip.Call
}

// answered is whether the phone heard an answer.
func (s sighting) answered() bool { return s.Result.Answered() }

// refresh asks again: a phone that had given up on a dead Asterisk may have heard
// of its call after it lived again.
func (w *witness) refresh(carriers []sip.CallRecord) {
	for i := range w.Phones {
		if s := &w.Phones[i]; s.call != nil {
			s.Result = s.call.Result()
		}
	}
	w.Carriers = carriers
}

// witness is what was seen of the calls without looking into the tables.
type witness struct {
	Phones   []sighting
	Carriers []sip.CallRecord
	CDRs     []cdr       // of our phones' calls
	Blows    []happening // as they fell
	TopUps   []topUp     // that were acknowledged
}

// cdr is one of Asterisk's own call records.
type cdr struct {
	UniqueID    string  `json:"uniqueid"`
	Sequence    int64   `json:"sequence"`
	Channel     string  `json:"channel"`
	DestChannel string  `json:"dstchannel"`
	Start       float64 `json:"start"`
	Answer      float64 `json:"answer"`
	End         float64 `json:"end"`
	Duration    float64 `json:"duration"`
	BillSec     float64 `json:"billsec"`
	Disposition string  `json:"disposition"`
}

func (c cdr) String() string {
	return fmt.Sprintf("%s to %q, %s, started %s, answered %s, ended %s", c.Channel, c.DestChannel, c.Disposition, clock(epoch(c.Start)), clock(epoch(c.Answer)), clock(epoch(c.End)))
}

// epoch is a time of Asterisk's, in seconds; 0: never.
func epoch(seconds float64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(seconds * 1e6))
}

// ours is whether a phone of the run made the call. Asterisk also records what it
// does to a call: whispers, for one.
func (c cdr) ours() bool { return strings.HasPrefix(c.Channel, "PJSIP/chaos-") }

// talked is whether the two certainly talked.
func (c cdr) talked() bool {
	return c.Disposition == "ANSWERED" && c.DestChannel != "" && c.BillSec >= 1
}

// readCDRs reads Asterisk's file, and what a collector has taken of it. A line that
// a kill has torn is no record.
func readCDRs(file string) ([]cdr, error) {
	files, err := filepath.Glob(file + "*")
	if err != nil {
		return nil, err
	}
	var list []cdr
	for _, name := range files {
		text, err := os.ReadFile(name)
		if os.IsNotExist(err) {
			continue // a collector was quicker: the table has it
		}
		if err != nil {
			return nil, err
		}
		for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
			var c cdr
			if json.Unmarshal(lines.Bytes(), &c) == nil && c.ours() {
				list = append(list, c)
			}
		}
	}
	return list, nil
}

// cut is whether Asterisk died while a call was up, as far as its phone knows.
func (w *witness) cut(from, to time.Time) bool {
	for _, h := range w.Blows {
		if h.Target == asterisk && h.Action == kill && overlap(from, to, h.Began, h.Gone) {
			return true
		}
	}
	return false
}

// stopped is for how long Asterisk said nothing during a call: what it did then,
// it did later.
func (w *witness) stopped(from, to time.Time) time.Duration {
	var sum time.Duration
	for _, h := range w.Blows {
		if h.Target == asterisk && overlap(from, to, h.Began, h.Over) {
			sum += h.Over.Sub(h.Began)
		}
	}
	return sum
}

// overlap is whether two times have a moment in common; a zero end is never.
func overlap(a, b, from, to time.Time) bool {
	return !a.After(to) && (b.IsZero() || !b.Before(from))
}

// during are the blows within a time.
func (w *witness) during(from, to time.Time) []happening {
	var list []happening
	for _, h := range w.Blows {
		if overlap(from, to, h.Began, h.Over) {
			list = append(list, h)
		}
	}
	return list
}

// offered are the legs that carriers saw of a number.
func (w *witness) offered(number string) []sip.CallRecord {
	var list []sip.CallRecord
	for _, r := range w.Carriers {
		if strings.HasSuffix(r.Called, number) {
			list = append(list, r)
		}
	}
	return list
}
