package agitest_test

import (
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"

	"tandem/agi/agitest"
)

func parse(t *testing.T, text string) *agitest.Conversation {
	t.Helper()
	c, err := agitest.Parse("test.agi", text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestParse(t *testing.T) {
	c := parse(t, `# a comment
@result ok

> a
>
>& b
>+ c
>= "\td\n"
>* 5 ef
< g
>! hang
<! close
`)
	if c.Meta["result"] != "ok" {
		t.Errorf("meta is %q", c.Meta)
	}
	if got, want := c.Said(agitest.AsteriskSide), "a\n\nb\nc\td\nefff"+"f\n"; got != want {
		t.Errorf("Asterisk says %q, want %q", got, want)
	}
	if got := c.Said(agitest.ServerSide); got != "g\n" {
		t.Errorf("the server says %q", got)
	}
}

func TestParseErrorsNameTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"# nothing":     "nothing is said",
		"> a\nb":        `test.agi:2: line begins with "b"`,
		">? a":          `test.agi:1: unknown mark "?"`,
		">! sing":       `test.agi:1: cannot "sing"`,
		">= a":          "test.agi:1: not a Go string: a",
		">* a b":        "test.agi:1: not a size",
		">* 3 abcdef":   "test.agi:1: not a size",
		"> a\n\n>+":     "test.agi:3: nothing is said",
		">= \"\"\n> ab": "test.agi:1: nothing is said",
	} {
		if _, err := agitest.Parse("test.agi", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error is %v, want %q", text, err, want)
		}
	}
	if _, err := agitest.LoadDir(t.TempDir()); err == nil {
		t.Error("an empty folder went unnoticed")
	}
}

// Both sides of every recorded conversation, played to each other.
func TestPlayBothSides(t *testing.T) {
	all, err := agitest.LoadDir("../testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		t.Run(strings.TrimSuffix(c.Name, ".agi"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				near, far := net.Pipe()
				defer near.Close()
				played := make(chan error, 1)
				go func() {
					defer far.Close()
					played <- c.Play(t.Context(), far, agitest.ServerSide)
				}()
				if err := c.Play(t.Context(), near, agitest.AsteriskSide); err != nil {
					t.Errorf("as Asterisk: %v", err)
				}
				if err := <-played; err != nil {
					t.Errorf("as the server: %v", err)
				}
			})
		})
	}
}

// What does not come as it is written fails, and the error names the line.
func TestPlayFindsTheDifference(t *testing.T) {
	for _, test := range []struct{ name, said, want string }{
		{"another line", "SET VARIABLE \"A\" \"2\"\n", "test.agi:2: want"},
		{"no line", "", "test.agi:2: want"},
		{"one line more", "SET VARIABLE \"A\" \"1\"\nNOOP\n", "test.agi:3: want the connection closed"},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := parse(t, "> a\n< SET VARIABLE \"A\" \"1\"\n<! close\n")
			near, far := net.Pipe()
			go func() {
				defer far.Close()
				_, _ = far.Read(make([]byte, 100))
				_, _ = io.WriteString(far, test.said)
			}()
			err := c.Play(t.Context(), near, agitest.AsteriskSide)
			_ = near.Close()
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: error is %v, want %q", test.name, err, test.want)
			}
		})
	}
}
