package v1_test

import (
	"net/http"
	"strings"
	"testing"

	"tandem/api/access"
	"tandem/db"
	"tandem/desk"
)

// Behind a deck that is scheduled, another one is compared and published with that,
// not with the one in force now.
func TestPublishLaterBehindAScheduledDeck(t *testing.T) {
	t.Parallel()
	h := newDesk(t)
	c := h.session(access.Operator)
	draft := func() int64 {
		v := c.until(c.upload("voxbeam-cli.csv", sheet(t, "voxbeam-cli.csv")).ID, db.ImportReady)
		c.post(h.path("/imports/%d/keep", v.ID), nil).want(t, http.StatusAccepted)
		return c.until(v.ID, db.ImportKept).DeckID
	}
	preview := func(id int64, at string) answer {
		return c.get(h.path("/decks/%d/preview?at=%s", id, strings.ReplaceAll(at, " ", "%20")))
	}
	base := func(id int64, at string) int64 {
		var p desk.DeckPreview
		preview(id, at).want(t, http.StatusOK).into(t, &p)
		return p.Base.ID
	}
	publish := func(id int64, at string, base int64) answer {
		return c.post(h.path("/decks/%d/publish", id), map[string]any{"at": at, "expected_deck_id": base})
	}
	first, second := draft(), draft()
	const january, february = "2099-01-01 06:00", "2099-02-01T06:00:00Z"
	if got := base(first, january); got != 4 {
		t.Errorf("the first takes the place of %d", got)
	}
	publish(first, january, 4).want(t, http.StatusOK)
	for at, want := range map[string]int64{"": 4, "2099-01-01 05:59": 4, january: first, february: first} {
		if got := base(second, at); got != want {
			t.Errorf("at %q the second takes the place of %d, want %d", at, got, want)
		}
	}
	if a := publish(second, february, base(second, "")).want(t, http.StatusConflict); !strings.Contains(string(a.body), h.path("deck %d is the one in force at that time", first)) {
		t.Errorf("%s", a.body)
	}
	publish(second, february, base(second, february)).want(t, http.StatusOK)
	if got := h.one("SELECT COUNT(*) FROM decks WHERE state = 'published' AND publish_at > UTC_TIMESTAMP(3)"); got != "2" {
		t.Errorf("%s are scheduled", got)
	}

	preview(second, february).want(t, http.StatusConflict) // its time is said already
	preview(draft(), "2001-01-01").blames(t, "query.at", "over already")
	preview(draft(), "soon").blames(t, "query.at", "want a day")
}
