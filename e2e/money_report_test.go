//go:build e2e

package e2e_test

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/play"
)

// tell reports an end to a node as Asterisk does.
func tell(t *testing.T, n *play.Node, report string) {
	t.Helper()
	request, err := http.NewRequestWithContext(soon(t), http.MethodPost, "http://"+n.HTTP.String()+"/asterisk/end", strings.NewReader(report))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client := http.Client{Timeout: patience}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if answer, err := io.ReadAll(response.Body); err != nil || string(answer) != "ok" {
		t.Errorf("%s says %s %q, %v", n.Name, response.Status, answer, err)
	}
}

// retold is a report of a call with that much more talk.
func retold(t *testing.T, report string, more time.Duration) string {
	t.Helper()
	return changed(t, report, func(form url.Values, attempt []string) {
		for _, name := range []string{"talk_ms", "ended_ms"} {
			form.Set(name, added(t, form.Get(name), more))
		}
		for _, place := range []int{8, 9} { // elapsed, talk
			attempt[place] = added(t, attempt[place], more)
		}
	})
}

// changed edits a report and the one attempt that it tells of.
func changed(t *testing.T, report string, edit func(form url.Values, attempt []string)) string {
	t.Helper()
	form, err := url.ParseQuery(report)
	if err != nil {
		t.Fatal(err)
	}
	attempt := strings.Split(form.Get("log"), ":")
	if len(attempt) != 10 {
		t.Fatalf("attempt %q", attempt)
	}
	edit(form, attempt)
	form.Set("log", strings.Join(attempt, ":"))
	return form.Encode()
}

func added(t *testing.T, milliseconds string, more time.Duration) string {
	t.Helper()
	v, err := strconv.ParseInt(milliseconds, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return strconv.FormatInt(v+more.Milliseconds(), 10)
}
