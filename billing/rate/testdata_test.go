package rate_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/billing/rate"
	"tandem/internal/money"
)

// The scripts speak the trade's language:
//
//	rate 0.0600 30/6 fee 0.01
//	talk 31s -> 36s 0.046000
func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			runScript(t, file)
		})
	}
}

func runScript(t *testing.T, file string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r rate.Rate
	lines, asked := 0, 0
	for scanner := bufio.NewScanner(f); scanner.Scan(); {
		lines++
		text, _, _ := strings.Cut(scanner.Text(), "#")
		words := strings.Fields(text)
		switch {
		case len(words) == 0:
		case words[0] == "rate":
			r = parseRate(t, words[1:])
		case words[0] == "talk" && len(words) == 5 && words[2] == "->":
			asked++
			talk, err := time.ParseDuration(words[1])
			if err != nil {
				t.Fatalf("line %d: %v", lines, err)
			}
			price, err := r.Price(talk)
			got := fmt.Sprintf("%ds %s", r.Billed(talk)/time.Second, price)
			if want := words[3] + " " + words[4]; err != nil || got != want {
				t.Errorf("line %d: talk %s: %s, %v; want %s", lines, words[1], got, err, want)
			}
		default:
			t.Fatalf("line %d: %q is neither rate nor talk", lines, text)
		}
	}
	if asked == 0 {
		t.Fatal("the script asks nothing")
	}
}

func parseRate(t *testing.T, words []string) rate.Rate {
	t.Helper()
	perMinute, err := money.ParseRate(words[0])
	if err != nil {
		t.Fatal(err)
	}
	first, next, _ := strings.Cut(words[1], "/")
	r := rate.Rate{PerMinute: perMinute, First: seconds(t, first), Next: seconds(t, next)}
	if len(words) == 4 && words[2] == "fee" {
		if r.ConnectionFee, err = money.ParseAmount(words[3]); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Validate(); err != nil {
		t.Fatal(err)
	}
	return r
}

func seconds(t *testing.T, s string) int32 {
	t.Helper()
	v, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return int32(v)
}
