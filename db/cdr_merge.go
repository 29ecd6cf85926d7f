package db

import (
	"slices"
	"strings"
)

// The merge rules of calls and attempts. They make every order of arrival, and
// every repetition, end in the same row.

// identity are the columns of a call that both its start and its end tell.
func identity() []string {
	return []string{
		"server", "direction", "endpoint", "source", "account_id", "subscriber_id", "provider_id", "number_id",
		"dialled", "a_number", "b_number", "routing_number", "cli", "snapshot", "reason", "node", "origin",
		"a_place_id", "b_place_id",
	}
}

// startUpsert: a start wins over what an end has said, and of two starts (two
// nodes were asked because the first was slow) the later one wins, since its
// routes are those that were followed. A row whose reasons are NULL has seen no
// start. Who has been charged stays.
func startUpsert() upsert {
	const wins = "(reasons IS NULL OR VALUES(started_at) >= started_at)"
	u := upsert{table: "calls", columns: []column{{"call_id", ""}}}
	for _, c := range identity() {
		merge := placeOr(c, prefer(wins, c))
		if c == "account_id" {
			merge = "IF(sale IS NULL, " + merge + ", " + c + ")"
		}
		u.columns = append(u.columns, column{c, merge})
	}
	u.columns = append(u.columns,
		column{"started_at", either(wins, "started_at")},
		// From here on started_at is set, so it tells whether this start has won.
		column{"reasons", either("VALUES(started_at) = started_at", "reasons")},
	)
	return u
}

// identityUpsert: an end fills what nobody told. How the call ended is not in
// it: that is told by the end that closes the call.
func identityUpsert() upsert {
	u := upsert{table: "calls", columns: []column{{"call_id", ""}, {"started_at", ""}}}
	for _, c := range identity() {
		u.columns = append(u.columns, column{c, placeOr(c, "COALESCE("+c+", VALUES("+c+"))")})
	}
	return u
}

// closeUpsert writes the end that closes a call. Whether it does was decided
// before, with the row locked: by nobody so far, or by a worse source.
func closeUpsert() upsert {
	u := identityUpsert()
	for i, c := range u.columns {
		if c.name == "account_id" {
			u.columns[i].merge = "IF(VALUES(sale) IS NULL, " + c.merge + ", VALUES(account_id))"
		}
	}
	for _, c := range []string{
		"answered_at", "disposition", "cause", "sip_status", "hangup_by", "talk_ms", "pdd_ms", "route", "ended_at", "cut",
		"closed_by", "sale", "sale_currency_id", "sale_base", "cost_base", "held", "terms", "charge_error",
	} {
		u.columns = append(u.columns, column{c, "VALUES(" + c + ")"})
	}
	return u
}

// attemptUpsert: a result wins over "in progress", of two results the one that
// has seen more of the attempt. Who is paid for it stays.
func attemptUpsert() upsert {
	const wins = "(VALUES(result) <> 'in_progress' AND (result = 'in_progress' OR VALUES(elapsed_ms) >= elapsed_ms))"
	u := upsert{table: "attempts", columns: []column{{"call_id", ""}, {"n", ""}}}
	for _, c := range []string{"provider_id", "tier", "gate_id", "address_id", "dial_status", "sip_status", "cause", "pdd_ms", "blame"} {
		merge := prefer(wins, c)
		if c == "provider_id" {
			merge = "IF(cost IS NULL, " + merge + ", " + c + ")"
		}
		u.columns = append(u.columns, column{c, merge})
	}
	for _, c := range []string{"route", "started_at"} {
		u.columns = append(u.columns, column{c, either(wins, c)})
	}
	for _, c := range []string{"rang", "progress", "talk_ms"} {
		u.columns = append(u.columns, column{c, "GREATEST(" + c + ", VALUES(" + c + "))"})
	}
	for _, c := range mediaNames() { // told once, by whoever was there when the leg ended
		u.columns = append(u.columns, column{c, "COALESCE(VALUES(" + c + "), " + c + ")"})
	}
	// The columns that decide come last.
	u.columns = append(u.columns, column{"elapsed_ms", either(wins, "elapsed_ms")}, column{"result", either(wins, "result")})
	return u
}

// costUpsert is attemptUpsert of the end that closes the call: what it costs, and
// whom we owe it.
func costUpsert() upsert {
	u := attemptUpsert()
	for i, c := range u.columns {
		if c.name == "provider_id" {
			u.columns[i].merge = "IF(VALUES(cost) IS NULL, " + c.merge + ", VALUES(provider_id))"
		}
	}
	u.columns = append(u.columns, column{"cost", "VALUES(cost)"}, column{"cost_currency_id", "VALUES(cost_currency_id)"},
		column{"cost_base", "VALUES(cost_base)"})
	return u
}

// correctionUpsert is costUpsert over what a worse source has guessed: nothing
// of that stays.
func correctionUpsert() upsert {
	u := costUpsert()
	for i, c := range u.columns {
		if c.merge != "" && !slices.Contains(mediaNames(), c.name) {
			u.columns[i].merge = "VALUES(" + c.name + ")"
		}
	}
	return u
}

// placeOr is the rule of a place: that of the number that has just been settled.
// The numbers come before their places. Of other columns it is the rule given.
func placeOr(c, merge string) string {
	side, isPlace := strings.CutSuffix(c, "_place_id")
	if !isPlace {
		return merge
	}
	return "IF(" + side + "_number <=> VALUES(" + side + "_number), COALESCE(VALUES(" + c + "), " + c + "), " + c + ")"
}

// prefer takes the arriving value if it wins and is known, else the other of
// the two.
func prefer(wins, c string) string {
	return "IF(" + wins + ", COALESCE(VALUES(" + c + "), " + c + "), COALESCE(" + c + ", VALUES(" + c + ")))"
}

// either takes the arriving value if it wins, else keeps the old one.
func either(wins, c string) string { return "IF(" + wins + ", VALUES(" + c + "), " + c + ")" }
