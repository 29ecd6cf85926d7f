//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/play"
)

// tell reports an end to a node as Asterisk does.
func tell(ctx context.Context, n *play.Node, report string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+n.HTTP.String()+"/asterisk/end", strings.NewReader(report))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client := http.Client{Timeout: patience}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && string(answer) != "ok" {
		err = fmt.Errorf("%s says %s %q", n.Name, response.Status, answer)
	}
	return err
}

// tellAll reports to every node at once.
func (x *exchange) tellAll(t *testing.T, reports ...string) {
	t.Helper()
	ctx := soon(t)
	var all sync.WaitGroup
	for _, n := range x.Nodes {
		for _, r := range reports {
			all.Go(func() {
				if err := tell(ctx, n, r); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
}

// retold is a report of a call with that much more talk.
func retold(t *testing.T, report string, more time.Duration) string {
	t.Helper()
	return changed(t, report, func(form url.Values, attempt []string) []string {
		for _, name := range []string{"talk_ms", "ended_ms"} {
			form.Set(name, added(t, form.Get(name), more))
		}
		for _, place := range []int{8, 9} { // elapsed, talk
			attempt[place] = added(t, attempt[place], more)
		}
		return attempt
	})
}

// changed edits a report and the one attempt that it tells of.
func changed(t *testing.T, report string, edit func(form url.Values, attempt []string) []string) string {
	t.Helper()
	form, err := url.ParseQuery(report)
	if err != nil {
		t.Fatal(err)
	}
	attempt := strings.Split(form.Get("log"), ":")
	if len(attempt) != 10 {
		t.Fatalf("attempt %q", attempt)
	}
	form.Set("log", strings.Join(edit(form, attempt), ":"))
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
