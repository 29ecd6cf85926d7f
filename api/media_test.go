package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"tandem/billing"
)

const (
	heardText = "ssrc=1;themssrc=2;lp=25;rxjitter=9.0;rxcount=475;txjitter=0.0125;txcount=500;rlp=7;rtt=0.08;rxmes=80.1;txmes=81.2"
	mediaLine = "v=1&call_id=alpha-1772366400.1&server=alpha&attempt=1&key=7.c.g8&began_ms=1772366401000&media="
)

func escaped(text string) string {
	return strings.NewReplacer(";", "%3B", "=", "%3D").Replace(text)
}

// What was heard comes with the end report, or behind it; either way it is the
// answered attempt's.
func TestMedia(t *testing.T) {
	want := billing.Media{Received: 475, Lost: 25, Sent: 500, Jitter: 12500 * time.Microsecond, RTT: 80 * time.Millisecond, MOS: 384}
	h := newHouse(t)
	if code, text := h.ask(http.MethodPost, "/asterisk/end", line+"&media="+escaped(heardText), peer); code != http.StatusOK {
		t.Fatalf("%d %s", code, text)
	}
	if got := h.records.put[0].End.Attempts[0].Media; got != want {
		t.Errorf("with the report %+v, want %+v", got, want)
	}
	if code, text := h.ask(http.MethodPost, "/asterisk/media", mediaLine+escaped(heardText), peer); code != http.StatusOK || text != "ok" {
		t.Fatalf("%d %s", code, text)
	}
	a := h.records.queued[0].Attempt
	if a.Media != want || a.CallID != "alpha-1772366400.1" || a.N != 1 || a.Key != "7.c.g8" || a.Result != billing.InProgress {
		t.Errorf("behind it %+v", a)
	}
}

// A report whose media is nonsense is a report all the same.
func TestMediaThatIsNone(t *testing.T) {
	h := newHouse(t)
	if code, _ := h.ask(http.MethodPost, "/asterisk/end", line+"&media=rxcount%3Dmany", peer); code != http.StatusOK {
		t.Fatalf("the report was refused: %d", code)
	}
	if m := h.records.put[0].End.Attempts[0].Media; m != (billing.Media{}) {
		t.Errorf("%+v", m)
	}
	for name, change := range map[string]string{
		"nonsense": "rxcount%3D475|rxcount%3Dmany", "another server's call": "server=alpha|server=beta", "no attempt": "attempt=1|attempt=0",
		"no key": "key=7.c.g8|key=7", "of tomorrow": "began_ms=1772366401000|began_ms=1772466410000", "of no time": "began_ms=1772366401000|began_ms=",
		"another version": "v=1|v=2", "too long": "media=|media=" + strings.Repeat("x", 600),
	} {
		old, with, _ := strings.Cut(change, "|")
		body := strings.Replace(mediaLine+escaped("rxcount=475"), old, with, 1)
		if code, text := h.ask(http.MethodPost, "/asterisk/media", body, peer); code != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, code, text)
		}
	}
	if code, _ := h.ask(http.MethodPost, "/asterisk/media", mediaLine, stranger); code != http.StatusForbidden {
		t.Errorf("a stranger: %d", code)
	}
	if len(h.records.queued) > 0 {
		t.Errorf("%d records of nonsense", len(h.records.queued))
	}
}
