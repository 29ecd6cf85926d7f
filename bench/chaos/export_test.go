package chaos

import (
	"context"
	"database/sql"
	"time"

	"tandem/db"
	"tandem/play/sip"
)

type (
	Witness = witness
	Blow    = blow
	Order   = order
	Books   = books
)

// Furnish adds the accounts of a run to a database, and gives their ids.
func Furnish(ctx context.Context, hand *sql.DB, store *db.DB) (map[string]int64, error) {
	h := &house{hand: hand, store: store, ids: map[string]int64{}}
	return h.ids, h.addSubjects(ctx)
}

// Audited is the outcome of an audit of what a transaction sees.
func Audited(ctx context.Context, tx *sql.Tx, w *Witness) (Report, error) {
	var r Report
	b, err := copyBooks(ctx, tx)
	if err != nil {
		return r, err
	}
	r.count(audit(b, w))
	return r, nil
}

// Heard adds a call as its phone knows it.
func (w *witness) Heard(number string, r sip.CallResult) {
	w.Phones = append(w.Phones, sighting{order: order{Number: number}, Result: r})
}

// Recorded adds one of Asterisk's records.
func (w *witness) Recorded(id string, talk float64) {
	c := cdr{UniqueID: id, Channel: "PJSIP/chaos-prepaid-00000001", Disposition: "NO ANSWER"}
	if talk > 0 {
		c.DestChannel, c.Disposition, c.BillSec = "PJSIP/voxbeam-00000002", "ANSWERED", talk
	}
	w.CDRs = append(w.CDRs, c)
}

// Killed adds a death of Asterisk.
func (w *witness) Killed(at time.Time) {
	w.Blows = append(w.Blows, happening{blow: blow{Target: asterisk, Action: kill}, Began: at, Gone: at, Over: at.Add(time.Second)})
}

// Paid adds a top-up that was acknowledged.
func (w *witness) Paid(t topUp) { w.TopUps = append(w.TopUps, t) }

// Opening is the first payment of an account.
func Opening(name string, id int64) topUp {
	for _, s := range subjects() {
		if s.Name == name {
			return opening(name, id, s.Opening)
		}
	}
	return topUp{}
}

var (
	PlanOf   = planOf
	ReadCDRs = readCDRs
	Prices   = prices
)

// Charge is what a price makes of a call.
func (p price) Charge(answered, offered bool, talk time.Duration) int64 {
	return int64(p.charge(answered, offered, talk))
}

// Orders are the first calls of a seed.
func Orders(seed uint64, n int) []Order {
	o := newOrders(seed)
	var list []Order
	for range n {
		list = append(list, o.next())
	}
	return list
}

// Kind says whom a blow hits, and how.
func (b blow) Kind() string { return b.Action.String() + " " + b.Target.String() }
