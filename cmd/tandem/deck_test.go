package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Each script tells a story: "$ command" and what it printed, "[1]" after one
// that failed. UPDATE=1 writes down what is printed now.
//
//	$ tandem deck …       the command, SHEETS/ is testdata/sheets/, DIR a folder of the test's own
//	$ sql …               what somebody does by hand
//	$ calls 44 10 65      answered calls of yesterday: to numbers that begin so, how many, seconds of each;
//	                      and, if somebody is named, of which account, by its id
func TestDeckStories(t *testing.T) { storiesAreTrue(t, "testdata/decks/*.txt", tellStory) }

// storiesAreTrue tells each story anew and compares it with what is written down.
func storiesAreTrue(t *testing.T, pattern string, tell func(t *testing.T, text string) string) {
	t.Helper()
	nobodyThere(t)
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := tell(t, string(want))
			if os.Getenv("UPDATE") != "" {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The manual shows what is printed: every line of its examples is in a story.
func TestDeckManualIsTrue(t *testing.T) {
	manualIsTrue(t, "../../docs/decks.md", "testdata/decks/*.txt", 30)
}

// manualIsTrue looks for each line of a manual's examples in the stories; least is
// how many there are at least.
func manualIsTrue(t *testing.T, manual, stories string, least int) {
	t.Helper()
	text, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(stories)
	if err != nil {
		t.Fatal(err)
	}
	printed := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			printed[strings.TrimSpace(strings.NewReplacer("SHEETS/", "", "FX/", "").Replace(line))] = true
		}
	}
	checked := 0
	for i, block := range strings.Split(string(text), "```\n") {
		if i%2 == 0 || strings.Contains(block, "──") {
			continue
		}
		for line := range strings.Lines(block) {
			line = strings.TrimSpace(line)
			if line == "" || line == "…" {
				continue
			}
			checked++
			if !printed[line] && !printed[anyTime.ReplaceAllString(line, "YYYY-MM-DD hh:mm:ss")] {
				t.Errorf("no story has the line\n%s", line)
			}
		}
	}
	if checked < least {
		t.Errorf("only %d lines were checked", checked)
	}
}

// nobodyThere takes the terminal away, so that a test that somebody runs on one
// is not asked either.
func nobodyThere(t *testing.T) {
	t.Helper()
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	stdin := os.Stdin
	os.Stdin = null
	t.Cleanup(func() {
		os.Stdin = stdin
		if err := null.Close(); err != nil {
			t.Error(err)
		}
	})
}

// tellStory runs the commands of a story over the demo data and writes it anew.
func tellStory(t *testing.T, text string) string {
	t.Helper()
	s := story{t: t, config: seededOffice(t), dir: t.TempDir()}
	var told strings.Builder
	for line := range strings.Lines(text) {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			told.WriteString(line)
			if out := s.do(strings.TrimSpace(command)); out != "" {
				told.WriteString(out + "\n")
			}
		} else if strings.HasPrefix(line, "#") {
			told.WriteString(line)
		}
	}
	return told.String()
}

type story struct {
	t      *testing.T
	config string
	dir    string
	calls  int
}

// do runs one command and returns what it printed.
func (s *story) do(command string) string {
	s.t.Helper()
	verb, rest, _ := strings.Cut(command, " ")
	switch verb {
	case "tandem":
		out, err := say(s.t, s.config, words(strings.NewReplacer("SHEETS/", "testdata/sheets/", "DIR/", s.dir+"/").Replace(rest))...)
		if err != nil {
			if !errors.Is(err, errSaid) {
				out += "tandem: " + err.Error() + "\n"
			}
			out += "[1]\n"
		}
		return timeless(strings.NewReplacer("testdata/sheets/", "SHEETS/", s.dir+"/", "DIR/").Replace(out))
	case "sql":
		s.sql(rest)
	case "calls":
		var prefix string
		var n, seconds int
		account := "NULL"
		if got, err := fmt.Sscan(rest, &prefix, &n, &seconds, &account); got < 3 {
			s.t.Fatalf("calls %s: %v", rest, err)
		}
		for range n {
			s.calls++
			number := prefix + fmt.Sprintf("%0*d", 12-len(prefix), s.calls)
			s.sql(fmt.Sprintf(`INSERT INTO calls (call_id, server, direction, account_id, b_number, started_at, disposition, talk_ms)
				VALUES ('story-%d', 'sw', 'out', %s, '%s', UTC_TIMESTAMP() - INTERVAL 1 DAY, 'answered', %d)`, s.calls, account, number, 1000*seconds))
		}
	default:
		s.t.Fatalf("%q: a story knows tandem, sql and calls", command)
	}
	return ""
}

func (s *story) sql(statement string) {
	s.t.Helper()
	c, err := loadConfig(s.config)
	if err != nil {
		s.t.Fatal(err)
	}
	change(s.t, c, statement)
}

// words parts a command line; double quotes keep spaces.
func words(line string) []string {
	var list []string
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 1 {
			list = append(list, part)
		} else {
			list = append(list, strings.Fields(part)...)
		}
	}
	return list
}

var anyTime = regexp.MustCompile(`20\d\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?Z?`)

// timeless takes out the moments of the test's own day.
func timeless(text string) string {
	return anyTime.ReplaceAllStringFunc(text, func(moment string) string {
		at, err := time.Parse("2006-01-02 15:04:05", strings.Replace(moment[:19], "T", " ", 1))
		if err != nil || time.Since(at).Abs() > 48*time.Hour {
			return moment
		}
		return "YYYY-MM-DD hh:mm:ss"
	})
}
