package portability_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"tandem/internal/e164"
	"tandem/internal/scripttest"
	"tandem/portability"
)

// Scripts in testdata play a table and a service, and dip numbers. The clock is
// the script's own:
//
//	dipper table http timeout=150ms keep=24h size=100 prefix=44,7
//	table 447700900123 441234500001      # a row; "-" takes it away
//	http slow 100ms                      # up, down, slow, stuck, crashing
//	after 25h
//	purge
//	dip 447700900123 -> 441234500001 table after 10ms asking table, http
//
// "after" and "asking" are left out for at once and nobody.
func TestScripts(t *testing.T) {
	t.Parallel()
	scripttest.Run(t, func(t *testing.T, lines []scripttest.Line) int {
		t.Helper()
		asked := 0
		synctest.Test(t, func(t *testing.T) {
			s := &script{t: t, table: newPeer(), http: newPeer()}
			for _, line := range lines {
				s.do(line)
			}
			asked = s.asked
			close(s.table.freed)
			close(s.http.freed)
		})
		return asked
	})
}

type script struct {
	t           *testing.T
	table, http *peer
	dipper      *portability.Dipper
	asked       int
}

func (s *script) do(line scripttest.Line) {
	s.t.Helper()
	word, rest, _ := strings.Cut(line.Text, " ")
	switch word {
	case "dipper":
		s.build(line, strings.Fields(rest))
	case "table":
		s.change(line, s.table, strings.Fields(rest))
	case "http":
		s.change(line, s.http, strings.Fields(rest))
	case "after":
		time.Sleep(s.duration(line, rest))
	case "purge":
		s.dipper.Purge()
	case "dip":
		s.dip(line, rest)
	default:
		s.t.Fatalf("%s: unknown word %q", line.Where, word)
	}
}

func (s *script) build(line scripttest.Line, words []string) {
	s.t.Helper()
	c := portability.DefaultConfig()
	for _, word := range words {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "table":
			c.Enabled, c.Table = true, s.table
		case "http":
			c.Enabled, c.URL = true, serviceURL
		case "timeout":
			c.Timeout = s.duration(line, value)
		case "keep":
			c.CacheFor = s.duration(line, value)
		case "size":
			if _, err := fmt.Sscan(value, &c.CacheSize); err != nil {
				s.t.Fatalf("%s: %v", line.Where, err)
			}
		case "prefix":
			c.Prefixes = strings.Split(value, ",")
		default:
			s.t.Fatalf("%s: unknown word %q", line.Where, key)
		}
	}
	d, err := portability.NewOver(c, zerolog.New(s.t.Output()), nil, s.http)
	if err != nil {
		s.t.Fatalf("%s: %v", line.Where, err)
	}
	s.dipper = d
}

func (s *script) change(line scripttest.Line, p *peer, words []string) {
	s.t.Helper()
	switch {
	case len(words) == 2 && words[0] == "slow":
		p.feel("slow", s.duration(line, words[1]))
	case len(words) == 2 && words[1] == "-":
		p.mu.Lock()
		delete(p.rows, words[0])
		p.mu.Unlock()
	case len(words) == 2:
		p.set(words[0], words[1])
	case len(words) == 1 && slices.Contains([]string{"up", "down", "stuck", "crashing"}, words[0]):
		p.feel(words[0], 0)
	default:
		s.t.Fatalf("%s: want NUMBER ROUTING or a mood", line.Where)
	}
}

func (s *script) dip(line scripttest.Line, rest string) {
	s.t.Helper()
	number, want, _ := strings.Cut(rest, " -> ")
	number = strings.TrimSpace(number)
	table, http := len(s.table.questions()), len(s.http.questions())
	a := s.dipper.Dip(s.t.Context(), e164.Number(number))
	got := fmt.Sprintf("%s %s", a.Routing, a.Source)
	if a.Took > 0 {
		got += fmt.Sprintf(" after %s", a.Took)
	}
	var asking []string
	if len(s.table.questions()) > table {
		asking = append(asking, "table")
	}
	if len(s.http.questions()) > http {
		asking = append(asking, "http")
	}
	if asking != nil {
		got += " asking " + strings.Join(asking, ", ")
	}
	if want = strings.Join(strings.Fields(want), " "); got != want {
		s.t.Errorf("%s: dip %s\n got  %s\n want %s", line.Where, number, got, want)
	}
	s.asked++
}

func (s *script) duration(line scripttest.Line, text string) time.Duration {
	s.t.Helper()
	d, err := time.ParseDuration(text)
	if err != nil {
		s.t.Fatalf("%s: %v", line.Where, err)
	}
	return d
}
