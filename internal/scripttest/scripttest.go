// Package scripttest reads the plain-text scripts in which tests tell the
// trade's stories.
//
//	testdata/*.txt ──one sub-test a file──▶ Line{Text without comment, Where}
//
// "#" begins a comment; empty lines are left out. What the words mean is the
// test's business.
package scripttest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Line is one line of a script that says something.
type Line struct {
	Text  string // trimmed, without its comment
	Where string // file:line, for messages
}

// Run reads every script of the package's testdata and hands it to do in a
// sub-test of its own. do returns how many questions the script asked; one that
// asks nothing proves nothing and fails.
func Run(t *testing.T, do func(t *testing.T, lines []Line) (asked int)) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts in testdata: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			if do(t, read(t, file)) == 0 {
				t.Fatal("the script asks nothing")
			}
		})
	}
}

func read(t *testing.T, file string) []Line {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var lines []Line
	for i, line := range strings.Split(string(text), "\n") {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, Line{Text: line, Where: fmt.Sprintf("%s:%d", filepath.Base(file), i+1)})
		}
	}
	return lines
}
