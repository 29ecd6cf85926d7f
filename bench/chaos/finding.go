package chaos

import (
	"cmp"
	"fmt"

	"tandem/internal/money"
)

// fault is what a finding counts as.
type fault int

const (
	overspent fault = iota
	charged         // twice
	lost
	held // still
	wrong
)

func (f fault) String() string {
	return [...]string{"overspent", "double charged", "lost", "open hold", "wrong"}[f]
}

// finding is one thing that is not as it must be.
type finding struct {
	Fault   fault
	CallID  string       // in the tables; empty: not about one call, or it is not there
	Number  string       // that was called, where the phones know the call
	Subject string       // account, or whatever it is about
	Excess  money.Amount // of money overspent
	Text    string
	Last    string // call whose story explains it best; empty: CallID
}

func (f finding) String() string {
	about := f.Subject
	switch {
	case f.CallID != "":
		about = "call " + f.CallID
	case f.Number != "":
		about = "call to +" + f.Number
	}
	return fmt.Sprintf("%s: %s: %s", f.Fault, about, f.Text)
}

// key tells calls apart: a call with two faults of a kind counts once.
func (f finding) key() string { return cmp.Or(f.CallID, f.Number, f.Subject) }

// Report is the last line of a run.
type Report struct {
	Calls           int   `json:"calls"` // placed by phones
	Kills           int   `json:"kills"` // SIGKILL
	OverspendMicros int64 `json:"overspend_micros"`
	DoubleCharged   int   `json:"double_charged"` // calls
	LostRecords     int   `json:"lost_records"`   // calls
	OpenHolds       int   `json:"open_holds"`

	Seed    uint64   `json:"-"`
	Dir     string   `json:"-"` // what a failed run leaves
	Summary []string `json:"-"` // what happened, for people
	Wrong   []string `json:"-"` // every finding, in words
	Stories []string `json:"-"` // of the calls that are wrong
	found   []finding
}

// Failed says whether anything was not as it must be.
func (r *Report) Failed() bool { return len(r.Wrong) > 0 }

// count fills the report with findings.
func (r *Report) count(list []finding) {
	seen := map[fault]map[string]bool{}
	for _, f := range list {
		if seen[f.Fault] == nil {
			seen[f.Fault] = map[string]bool{}
		}
		seen[f.Fault][f.key()] = true
		r.OverspendMicros += int64(f.Excess)
		r.Wrong = append(r.Wrong, f.String())
	}
	r.found = append(r.found, list...)
	r.DoubleCharged += len(seen[charged])
	r.LostRecords += len(seen[lost])
	r.OpenHolds += len(seen[held])
}
