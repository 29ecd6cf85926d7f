package v1_test

import (
	"net/http"
	"strings"
	"testing"

	"tandem/api/access"
)

// However long the text is that rows are ordered by, there is a page behind it.
func TestCursorsOfLongTexts(t *testing.T) {
	t.Parallel()
	h := seededHouse(t)
	c := h.session(access.Admin)
	for _, letter := range []string{"ж", "<", `"`, "😀"} {
		h.exec("UPDATE gates SET comment = LPAD(id, 255, ?)", letter)
		seen := map[int64]bool{}
		for cursor := ""; ; {
			var page struct {
				Items []struct{ ID int64 }
				Next  string
			}
			c.get("/gates?sort=comment&limit=1&cursor="+cursor).want(t, http.StatusOK).into(t, &page)
			for _, g := range page.Items {
				seen[g.ID] = true
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		if want := h.id("SELECT COUNT(*) FROM gates"); int64(len(seen)) != want || want < 2 {
			t.Errorf("%s: %d of %d gates", letter, len(seen), want)
		}
	}
	c.get("/gates?cursor="+strings.Repeat("a", 2049)).want(t, http.StatusUnprocessableEntity)
}
