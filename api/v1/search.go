package v1

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/db"
)

// search is the box at the top of the console.
func search(d *door) {
	// Each kind has a rule of its own; a key finds what it has the scope for.
	handle(d, access.Rule{Anyone: true}, huma.Operation{
		OperationID: "search", Method: http.MethodGet, Path: "/search", Tags: []string{"Search"},
		Summary:     "Find any number, account, provider, gate, server, subscriber or call",
		Description: "By part of a name, the beginning of a number of ours, a whole number of a call, or a call id. Only what who asks may see is found.",
	}, d.search)
}

type searchInput struct {
	Q     string `query:"q" required:"true" minLength:"2" maxLength:"64" doc:"What was typed"`
	Limit int    `query:"limit" minimum:"1" maximum:"20" default:"6" doc:"Of each kind"`
}

type searchOutput struct {
	Body struct {
		Items []db.Found `json:"items" nullable:"false"`
	}
}

// findable is what can be found, in the order in which it is shown, and by whom.
func findable() []struct {
	kind string
	rule access.Rule
} {
	return []struct {
		kind string
		rule access.Rule
	}{
		{"number", look(access.Routing)},
		{"account", look(access.Money)},
		{"provider", look(access.Routing)},
		{"gate", look(access.Routing)},
		{"subscriber", look(access.Routing)},
		{"server", look(access.Routing)},
		{"call", look(access.Calls)},
	}
}

func (d *door) search(ctx context.Context, in *searchInput) (*searchOutput, error) {
	who := access.From(ctx)
	f := db.Find{Text: strings.TrimSpace(in.Q), Limit: in.Limit}
	f.Digits = telephone(f.Text)
	for _, v := range findable() {
		if v.rule.Allows(who) {
			f.Kinds = append(f.Kinds, v.kind)
		}
	}
	if own(access.Customer).Allows(who) && who.AccountID != 0 {
		f.Kinds, f.Account = []string{"call"}, who.AccountID
	}
	out := &searchOutput{}
	out.Body.Items = []db.Found{}
	if f.Text == "" {
		return out, nil
	}
	found, err := d.DB.Search(ctx, f)
	if err == nil {
		out.Body.Items = found
	}
	return out, err
}

// telephone is the digits of what may be a number, however it is written.
func telephone(text string) string {
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case strings.ContainsRune("+ -()./\u00a0\u2009", r):
			return -1
		}
		return 'x'
	}, text)
	if strings.ContainsRune(digits, 'x') || len(digits) > 15 {
		return ""
	}
	return digits
}
