package rate_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/billing/rate"
	"tandem/internal/money"
	"tandem/internal/scripttest"
)

// The scripts speak the trade's language:
//
//	rate 0.0600 30/6 fee 0.01
//	talk 31s -> 36s 0.046000
func TestScripts(t *testing.T) {
	t.Parallel()
	scripttest.Run(t, runScript)
}

func runScript(t *testing.T, lines []scripttest.Line) (asked int) {
	t.Helper()
	var r rate.Rate
	for _, line := range lines {
		words := strings.Fields(line.Text)
		switch {
		case words[0] == "rate":
			r = parseRate(t, words[1:])
		case words[0] == "talk" && len(words) == 5 && words[2] == "->":
			asked++
			talk, err := time.ParseDuration(words[1])
			if err != nil {
				t.Fatalf("%s: %v", line.Where, err)
			}
			price, err := r.Price(talk)
			got := fmt.Sprintf("%ds %s", r.Billed(talk)/time.Second, price)
			if want := words[3] + " " + words[4]; err != nil || got != want {
				t.Errorf("%s: talk %s: %s, %v; want %s", line.Where, words[1], got, err, want)
			}
		default:
			t.Fatalf("%s: %q is neither rate nor talk", line.Where, line.Text)
		}
	}
	return asked
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
