package agi

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"tandem/agi/agitest"
)

func recorded(tb testing.TB) []*agitest.Conversation {
	tb.Helper()
	all, err := agitest.LoadDir("testdata")
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

// FuzzEnvironment: whatever arrives, and however it is cut, the parser gives
// the same verdict, and what it accepts is what a reader without any cleverness
// finds in the text: the keys of Asterisk, each once, in its order.
func FuzzEnvironment(f *testing.F) {
	for _, c := range recorded(f) {
		f.Add(c.Said(agitest.AsteriskSide), 100)
	}
	f.Fuzz(func(t *testing.T, text string, cut int) {
		var whole, parts environment
		done, err := whole.feed([]byte(text))

		at := 0
		if len(text) > 0 {
			at = int(uint(cut) % uint(len(text)))
		}
		partDone, partErr := parts.feed([]byte(text[:at]))
		if !partDone && partErr == nil {
			partDone, partErr = parts.feed([]byte(text))
		}
		if done != partDone || fmt.Sprintf("%v", err) != fmt.Sprintf("%v", partErr) {
			t.Fatalf("whole: %v, %v; cut at %d: %v, %v", done, err, at, partDone, partErr)
		}
		if err != nil && !errors.Is(err, ErrProtocol) {
			t.Fatalf("error is %v, want ErrProtocol", err)
		}
		if !done || err != nil {
			return
		}
		req, err := whole.request([]byte(text))
		if err != nil {
			return
		}
		checkEnvironment(t, text[:whole.pos], req)
	})
}

func checkEnvironment(t *testing.T, text string, req Request) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(text, "\n\n"), "\n")
	values := make(map[string]string)
	for _, line := range lines {
		key, value, ok := strings.Cut(line, ": ")
		if _, again := values[key]; again || !ok {
			t.Fatalf("accepted with the line %q", line)
		}
		values[key] = value
	}
	for i, arg := range req.Args {
		if key := fmt.Sprintf("agi_arg_%d", i+1); values[key] != arg {
			t.Fatalf("%s is %q in the text, %q in the request", key, values[key], arg)
		}
	}
	if want := int(keyCount) + len(req.Args); len(values) != want && (len(values) != want-1 || req.Script != "") {
		t.Fatalf("accepted with %d keys, want %d", len(values), want)
	}
	if values["agi_uniqueid"] != req.UniqueID || values["agi_channel"] != req.Channel || values["agi_network"] != "yes" {
		t.Fatalf("request is %+v of %q", req, values)
	}
}

// FuzzReplies: whatever answers, the session ends, does not panic, and the
// sentinel goes out only behind a good reply to MSet; and only after a good
// reply to that is the exchange finished.
func FuzzReplies(f *testing.F) {
	for _, c := range recorded(f) {
		said := c.Said(agitest.AsteriskSide)
		if _, replies, ok := strings.Cut(said, "\n\n"); ok {
			f.Add(replies, true)
			f.Add(replies, false)
		}
	}
	f.Add("200 result=1 (x)\n200 result=0\n200 result=1\n", true)
	f.Add("200 000000=1 ))\n", false)
	f.Add("200 result=0\n200 result=0\n200 result=1\n", true)
	env := strings.Join(agitest.Channel{}.Environment("h", "route"), "")
	var value string
	var isSet bool
	server := newTestServer(f, HandlerFunc(func(ctx context.Context, s *Session) error {
		var err error
		if value, isSet, err = s.GetVariable(ctx, "A"); err != nil {
			return err
		}
		return s.Finish(ctx, []Var{{Name: "T_ACTION", Value: "dial"}})
	}))
	f.Fuzz(func(t *testing.T, replies string, byLine bool) {
		conn := &script{chunks: []string{env}}
		if byLine {
			conn.chunks = append(conn.chunks, strings.SplitAfter(replies, "\n")...)
		} else {
			conn.chunks = append(conn.chunks, replies)
		}
		session := server.run(t.Context(), conn)

		lines := strings.SplitAfter(replies, "\n")
		sent := strings.Count(conn.writes.String(), "\n")
		if isSet && !strings.HasPrefix(lines[0], "200 result=1 (") {
			t.Fatalf("read %q out of %q", value, lines[0])
		}
		if sent > len(lines) {
			t.Fatalf("%d commands sent on %d replies", sent, len(lines)-1)
		}
		if sent == 3 && !isResult(lines[1], "0") {
			t.Fatalf("the sentinel was sent behind %q", lines[1])
		}
		if session.finished && (sent != 3 || !isResult(lines[2], "1")) {
			t.Fatalf("finished behind %q", lines)
		}
	})
}

// isResult knows the forms the library takes for a number: a sign and leading
// zeros, and any text behind a space.
func isResult(line, want string) bool {
	text, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "200 result=")
	number, _, _ := strings.Cut(text, " ")
	number = strings.TrimLeft(strings.TrimLeft(number, "+-"), "0")
	return ok && strings.HasSuffix(line, "\n") && (number == want || number == "" && want == "0")
}

// FuzzQuote: whatever is accepted arrives in Asterisk as it was, by both ways
// of setting a variable, and sets no other.
func FuzzQuote(f *testing.F) {
	for _, value := range []string{
		"", "a", `say "hi"`, `C:\dir\`, `\`, `"`, `\"`, `""`, "a,b=c", "a\tb", "ж", "\xff", "a b", "(x", "[x", "$1", "x\x00", "x\n",
		"PJSIP/74957777777@gate-8", "__x", "^1^2",
	} {
		f.Add("NOTE", value)
	}
	f.Add("__T_CALL", "v1-1.2")
	f.Add("T R", "x")
	f.Fuzz(func(t *testing.T, name, value string) {
		if err := checkName(name); err != nil {
			if !errors.Is(err, ErrVariable) {
				t.Fatal(err)
			}
			return
		}
		if escaped, err := escape(name, value); err == nil {
			checkArrival(t, `SET VARIABLE "`+name+`" "`+escaped+`"`, []string{"SET", "VARIABLE", name, value})
		}
		lines, err := msetLines([]Var{{"BEFORE", "1"}, {name, value}, {"AFTER", "2"}})
		if err != nil {
			return
		}
		got := make(map[string]string)
		for _, line := range lines {
			words, err := agitest.SplitArgs(line)
			if err != nil || len(words) != 3 || words[0] != "EXEC" || words[1] != "MSet" {
				t.Fatalf("%q is read as %q, %v", line, words, err)
			}
			maps.Copy(got, agitest.MSetVars(words[2]))
		}
		want := map[string]string{"BEFORE": "1"}
		want[name] = value // also when the fuzzer has found one of our names
		want["AFTER"] = "2"
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("set %q, want %q", got, want)
		}
	})
}

func checkArrival(t *testing.T, line string, want []string) {
	t.Helper()
	if len(line)+1 > maxLine {
		t.Fatalf("a line of %d bytes", len(line)+1)
	}
	got, err := agitest.SplitArgs(line)
	if err != nil || fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Fatalf("%q is read as %q, %v, want %q", line, got, err, want)
	}
}
