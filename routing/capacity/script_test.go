package capacity_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/internal/scripttest"
	"tandem/routing"
	"tandem/routing/capacity"
)

// Scripts in testdata tell what happens on a node, each line stamped with the
// time since the beginning. The default configuration holds, with a silence
// limit of 7 s and without jitter.
//
//	limit SUBJECT ID [channels=N] [cps=N]        from now on; nothing: no limit
//	node I of N                                  this node's place among the others, from 1
//	call ID KEYS [account=N]                     -> KEY | none REASON  [past KEY REASON ...]
//	next ID KEYS                                 -> the same
//	report ID OUTCOME [key=KEY] [started=TIME]   how the call's attempt ended
//	over ID                                      the call has ended
//	stream N KEY OUTCOME every=D [after=D] [account=N]   N calls, each reported and over after D
//	restore ID KEY [account=N] [started=TIME]
//	reconcile SERVER [live=IDS] [asof=TIME]      -> N
//	qualify SERVER KEY up|down|gone
//	room KEY | room account N                    -> free | REASON
//	breaker KEY                                  -> STATE [rest=D] bids=N failures=N opens=N
//	in-use SUBJECT ID                            -> N
//	calls                                        -> N expired=N
//
// OUTCOME is answer, busy, cancel, silent or a SIP status, with -rang when 180
// was seen.
func TestScripts(t *testing.T) {
	t.Parallel()
	scripttest.Run(t, func(t *testing.T, lines []scripttest.Line) int {
		t.Helper()
		s := &story{T: t, pool: newPool(t), limits: map[capacity.Subject]capacity.Limit{}, on: map[string]bidOf{}}
		asked := 0
		for _, line := range lines {
			stamp, rest, _ := strings.Cut(line.Text, " ")
			at := s.duration(line.Where, stamp)
			ask, want, isQuestion := strings.Cut(rest, "->")
			s.until(at)
			got := s.do(line.Where, strings.Fields(ask))
			if want = strings.Join(strings.Fields(want), " "); got != want {
				t.Errorf("%s: %s\n  got  %s\n  want %s", line.Where, strings.TrimSpace(ask), got, want)
			}
			if isQuestion {
				asked++
			}
		}
		return asked
	})
}

// story plays a script.
type story struct {
	*testing.T

	pool   *capacity.Pool
	now    time.Duration
	limits map[capacity.Subject]capacity.Limit
	on     map[string]bidOf // which route a call is on
	later  []event
	n      int
}

type bidOf struct {
	key routing.Key
	at  time.Duration
}

type event struct {
	at time.Duration
	do func()
}

// until plays what was set going before, up to that time.
func (s *story) until(at time.Duration) {
	slices.SortStableFunc(s.later, func(a, b event) int { return int(a.at - b.at) })
	for len(s.later) > 0 && s.later[0].at <= at {
		e := s.later[0]
		s.later = s.later[1:]
		s.now = e.at
		e.do()
	}
	if at < s.now {
		s.Fatalf("the script goes back in time, from %s to %s", s.now, at)
	}
	s.now = at
}

func (s *story) at() time.Time { return noon.Add(s.now) }

func (s *story) do(where string, words []string) string {
	var plain []string
	pairs := map[string]string{}
	for _, w := range words {
		if k, v, ok := strings.Cut(w, "="); ok {
			pairs[k] = v
		} else {
			plain = append(plain, w)
		}
	}
	plain = append(plain, "", "", "", "") // what is missing is empty
	switch plain[0] {
	case "limit":
		s.limits[s.subject(plain[1], plain[2])] = capacity.Limit{Channels: s.number(pairs["channels"]), CPS: s.number(pairs["cps"])}
		if err := s.pool.SetLimits(s.limits, s.at()); err != nil {
			return err.Error()
		}
		return ""
	case "node":
		if err := s.pool.SetShare(s.number(plain[1])-1, s.number(plain[3]), s.at()); err != nil {
			return err.Error()
		}
		return ""
	case "call", "next":
		return s.ask(plain[0], plain[1], s.keys(plain[2:]), s.number(pairs["account"]))
	case "report":
		bid := s.on[plain[1]]
		if pairs["key"] != "" {
			bid = bidOf{s.keys([]string{pairs["key"]})[0], s.now}
		}
		if pairs["started"] != "" {
			bid.at = s.duration(where, pairs["started"])
		}
		s.pool.Report(plain[1], bid.key, s.outcome(plain[2]), noon.Add(bid.at), s.at())
		return ""
	case "over":
		s.pool.Release(plain[1], s.at())
		return ""
	case "stream":
		s.stream(where, s.number(plain[1]), s.keys(plain[2:3]), plain[3], pairs)
		return ""
	case "restore":
		started := s.now
		if pairs["started"] != "" {
			started = s.duration(where, pairs["started"])
		}
		s.pool.Restore(plain[1], int64(s.number(pairs["account"])), s.keys(plain[2:3])[0], noon.Add(started), s.at())
		return ""
	case "reconcile":
		asOf := s.now
		if pairs["asof"] != "" {
			asOf = s.duration(where, pairs["asof"])
		}
		live := map[string]struct{}{}
		for id := range strings.SplitSeq(pairs["live"], ",") {
			live[id] = struct{}{}
		}
		return strconv.Itoa(s.pool.Reconcile(plain[1], live, noon.Add(asOf), s.at()))
	case "qualify":
		s.qualify(plain[1], s.keys(plain[2:3])[0], plain[3])
		return ""
	}
	return s.look(where, plain)
}

// look answers the questions that change nothing.
func (s *story) look(where string, plain []string) string {
	switch plain[0] {
	case "room":
		var reason routing.Reason
		if plain[1] == "account" {
			reason = s.pool.AccountRoom(int64(s.number(plain[2])), s.at())
		} else {
			k := s.keys(plain[1:2])[0]
			reason = s.pool.Room(k.ProviderID, k.GateID, k.AddressID, s.at())
		}
		if reason == "" {
			return "free"
		}
		return string(reason)
	case "breaker":
		want := capacity.WayOf(s.keys(plain[1:2])[0])
		for _, w := range s.pool.State(s.at(), 1000).Ways {
			if w.Way != want {
				continue
			}
			rest := ""
			if w.State == capacity.Open {
				rest = fmt.Sprintf(" rest=%s", w.Until.Sub(w.Since))
			}
			return fmt.Sprintf("%s%s bids=%d failures=%d opens=%d", w.State, rest, w.Bids, w.Failures, w.Opens)
		}
		return "closed bids=0 failures=0 opens=0"
	case "in-use":
		want := s.subject(plain[1], plain[2])
		for _, v := range s.pool.State(s.at(), 1000).Subjects {
			if v.Subject == want {
				return strconv.Itoa(v.InUse)
			}
		}
		return "0"
	case "calls":
		state := s.pool.State(s.at(), 1000)
		return fmt.Sprintf("%d expired=%d", state.Calls, state.Expired)
	}
	s.Fatalf("%s: unknown word %q", where, plain[0])
	return ""
}

func (s *story) ask(word, id string, keys []routing.Key, account int) string {
	var g capacity.Grant
	if word == "call" {
		g = s.pool.Seize(id, int64(account), keys, s.at())
	} else {
		g = s.pool.Move(id, keys, s.at())
	}
	answer := []string{"none", string(g.Reason)}
	passed := keys
	if g.Place > 0 {
		answer = []string{keys[g.Place-1].String()}
		s.on[id] = bidOf{keys[g.Place-1], s.now}
		passed = keys[:g.Place-1]
	}
	for i, k := range passed {
		if g.Skipped[i] != "" {
			answer = append(answer, "past", k.String(), string(g.Skipped[i]))
		}
	}
	return strings.Join(answer, " ")
}

// stream sets calls going, one after another, that all end alike; a call that
// gets no room is no call.
func (s *story) stream(where string, n int, keys []routing.Key, outcome string, pairs map[string]string) {
	every, after := s.duration(where, pairs["every"]), time.Duration(0)
	if pairs["after"] != "" {
		after = s.duration(where, pairs["after"])
	}
	account := int64(s.number(pairs["account"]))
	for i := range n {
		s.n++
		id := fmt.Sprintf("alpha-9.%d", s.n)
		begin := s.now + time.Duration(i)*every
		granted := false
		s.later = append(s.later, event{begin, func() {
			granted = s.pool.Seize(id, account, keys, s.at()).Place > 0
		}}, event{begin + after, func() {
			if granted {
				s.pool.Report(id, keys[0], s.outcome(outcome), noon.Add(begin), s.at())
			}
			s.pool.Release(id, s.at())
		}})
	}
	s.until(s.now)
}

func (s *story) qualify(server string, k routing.Key, word string) {
	switch word {
	case "gone":
		s.pool.ForgetServer(server, s.at())
	case "up", "down":
		s.pool.SetReachable(server, capacity.WayOf(k), word == "up", s.at())
	default:
		s.Fatalf("qualify %q: want up, down or gone", word)
	}
}

func (s *story) outcome(word string) routing.Outcome {
	word, rang := strings.CutSuffix(word, "-rang")
	switch word {
	case "answer":
		return routing.Outcome{Result: routing.ResultAnswer, SIPStatus: 200, Rang: rang}
	case "busy":
		return routing.Outcome{Result: routing.ResultBusy, SIPStatus: 486, Rang: rang}
	case "cancel":
		return routing.Outcome{Result: routing.ResultCancel, Rang: rang}
	case "silent":
		return routing.Outcome{Result: routing.ResultUnavailable, SIPStatus: 100}
	}
	return routing.Outcome{Result: routing.ResultUnavailable, SIPStatus: s.number(word), Rang: rang}
}

func (s *story) subject(kind, id string) capacity.Subject {
	for _, k := range []capacity.Kind{capacity.Provider, capacity.Gate, capacity.Account} {
		if k.String() == kind {
			return capacity.Subject{Kind: k, ID: int64(s.number(id))}
		}
	}
	s.Fatalf("%q: want provider, gate or account", kind)
	return capacity.Subject{}
}

func (s *story) keys(words []string) []routing.Key {
	var keys []routing.Key
	for _, w := range words {
		if w == "" {
			continue
		}
		k, err := routing.ParseKey(w)
		if err != nil {
			s.Fatal(err)
		}
		keys = append(keys, k)
	}
	return keys
}

func (s *story) number(text string) int {
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		s.Fatal(err)
	}
	return n
}

func (s *story) duration(where, text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		s.Fatalf("%s: %v", where, err)
	}
	return d
}
