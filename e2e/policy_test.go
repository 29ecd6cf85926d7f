//go:build e2e

package e2e_test

import (
	"strings"
	"testing"

	"tandem/billing"
	"tandem/internal/e164"
	"tandem/play/sip"
	"tandem/routing"
)

// Calls from Moscow to America: VoxBeam, VoiceBuy, both premium, WestCall. Each
// test has an area of its own there, so that its rows hit no other test's calls.

// america is a number in an area that no other test calls, busy everywhere. The
// carriers say 600: what a 486 means, another test changes.
func (x *exchange) america(area string) e164.Number {
	return e164.Number(area + string(x.number("0600")[4:]))
}

// exec changes a row and waits for nothing; a change after it does.
func (x *exchange) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	if _, err := x.sql.ExecContext(soon(t), statement, args...); err != nil {
		t.Fatal(err)
	}
}

// busyAt makes a call that a carrier answers with busy, checks which carriers
// were offered it, and returns the reasons that were kept.
func (x *exchange) busyAt(t *testing.T, login, dialled, ending string, offers ...string) routing.Reasons {
	t.Helper()
	refused(t, x.dial(t, login, dialled), 486)
	x.wantOffers(t, ending, offers...)
	return reasons(t, x.record(t, dialled))
}

// whyLeftOut is why a way of a provider at a tier is no route; empty: it is one,
// or nobody has heard of it.
func whyLeftOut(r routing.Reasons, key string) routing.Reason {
	for _, d := range r.Dropped {
		if strings.HasPrefix(d.Key.String(), key) {
			return d.Reason
		}
	}
	return ""
}

func TestShareIsExact(t *testing.T) {
	t.Parallel()
	x := shared(t)
	x.exec(t, `INSERT INTO policies (id, name, kind) VALUES (901, 'e2e share', 'share')`)
	x.exec(t, `INSERT INTO policy_routes (policy_id, provider_id, weight) VALUES (901, 8, 1), (901, 11, 1)`)
	x.change(t, `INSERT INTO policy_rules (position, policy_id, b_prefix) VALUES (901, 901, '1901')`)
	defer func() {
		x.exec(t, `DELETE FROM policy_rules WHERE policy_id = 901`)
		x.exec(t, `DELETE FROM policy_routes WHERE policy_id = 901`)
		x.exec(t, `DELETE FROM policies WHERE id = 901`)
	}()
	const count = 10
	numbers := make([]e164.Number, count)
	for i := range numbers {
		numbers[i] = x.america("1901")
	}
	result, err := x.phone(t, moscow).Load(soon(t), sip.LoadSpec{
		Number: func(n int) string { return "810" + string(numbers[n]) }, CPS: 50, Count: count,
	})
	if err != nil || result.ByStatus["486"] != count {
		t.Fatalf("%+v, %v", result, err)
	}
	first := map[string]int{}
	for _, b := range numbers {
		for _, leg := range x.legs(string(b)) {
			first[leg.Agent]++
		}
	}
	if len(first) != 2 || first["VoxBeam"] != count/2 || first["VoiceBuy"] != count/2 {
		t.Errorf("%d calls went to %v, want half to VoxBeam and half to VoiceBuy", count, first)
	}
	r := reasons(t, x.record(t, "810"+string(numbers[0])))
	if why := whyLeftOut(r, "7.c"); r.Policy != 901 || why != routing.ReasonNotInPolicy {
		t.Errorf("ordered by policy %d; WestCall left out for %q", r.Policy, why)
	}
}

func TestRouteRules(t *testing.T) {
	t.Parallel()
	x := shared(t)
	b := x.america("1902")
	x.busyAt(t, moscow, "810"+string(b), string(b), "VoxBeam 0011101"+string(b))

	x.change(t, `INSERT INTO route_rules (id, action, b_prefix, provider_id) VALUES (902, 'block', '1902', 8)`)
	defer x.exec(t, `DELETE FROM route_rules WHERE id = 902`)
	b = x.america("1902")
	r := x.busyAt(t, moscow, "810"+string(b), string(b), "VoiceBuy 9992"+string(b))
	if why := whyLeftOut(r, "8.c"); why != routing.ReasonRuleBlocks {
		t.Errorf("VoxBeam was left out for %q", why)
	}

	x.change(t, `UPDATE route_rules SET action = 'prefer', provider_id = 7 WHERE id = 902`)
	b = x.america("1902")
	x.busyAt(t, moscow, "810"+string(b), string(b), "WestCall "+string(b))
}

func TestBlockedNumberIsRefused(t *testing.T) {
	t.Parallel()
	x := shared(t)
	x.change(t, `INSERT INTO block_list (side, prefix, comment) VALUES ('B', '1903', 'e2e')`)
	defer x.exec(t, `DELETE FROM block_list WHERE prefix = '1903'`)
	b := x.america("1903")
	call := x.dial(t, moscow, "810"+string(b))
	refused(t, call, 403)
	if n := call.EarlyMediaPackets(); n < 50 {
		t.Errorf("%d packets of early media: the announcement was not heard", n)
	}
	x.wantOffers(t, string(b))
	got := x.record(t, "810"+string(b))
	if got.Disposition != billing.Rejected || got.SIPStatus != 403 || !strings.HasPrefix(got.Start.Reason, "called_blocked: block_list id ") {
		t.Errorf("record: %+v", got)
	}
	if r := reasons(t, got); r.Refused != routing.ReasonBlockedB {
		t.Errorf("refused for %q", r.Refused)
	}
}

// The retail account sells America for less than Zadarma takes.
func TestNoRouteThatLoses(t *testing.T) {
	t.Parallel()
	x := shared(t)
	zadarma := func() routing.Reason {
		t.Helper()
		b := x.america("1904")
		return whyLeftOut(x.busyAt(t, retail, string(b), string(b), "VoxBeam 0011103"+string(b)), "3.c")
	}
	if why := zadarma(); why != routing.ReasonWouldLose {
		t.Errorf("Zadarma was left out for %q", why)
	}
	x.change(t, `UPDATE accounts SET no_loss = 0 WHERE name = 'Retail'`)
	defer x.exec(t, `UPDATE accounts SET no_loss = 1 WHERE name = 'Retail'`)
	if why := zadarma(); why != "" {
		t.Errorf("Zadarma is still left out for %q", why)
	}
}

const retail = "retail-1" // shows nothing; sold by a tariff
