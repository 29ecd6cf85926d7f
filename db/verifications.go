package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"tandem/billing"
)

// Verified is a verification that was made: when, by which node.
type Verified struct {
	BeganAt time.Time `json:"began_at"`
	EndedAt time.Time `json:"ended_at"`
	Node    string    `json:"node,omitempty"` // empty: a command

	billing.Verification
}

// keptVerifications bounds what is kept of the past.
const keptVerifications = 100

// verifyHold is how long a verification may be silent before another begins.
const verifyHold = 10 * time.Minute

// VerifyAndKeep holds the books against each other, as Verify does, and keeps what
// came of it. ErrBusy: somebody else is at it.
func (d *DB) VerifyAndKeep(ctx context.Context, node string) (Verified, error) {
	l, err := d.takeLease(ctx, "verify", verifyHold)
	if err != nil {
		return Verified{}, err
	}
	defer func() { _ = l.release(ForDeeds(context.WithoutCancel(ctx))) }() // else it ends with its time
	v := Verified{Node: node}
	if v.BeganAt, err = d.Now(ctx); err != nil {
		return Verified{}, err
	}
	if v.Verification, err = d.Verify(ctx, func(int64, int64) {}); err != nil {
		return Verified{}, err
	}
	ctx = ForDeeds(ctx)
	if v.Findings == nil {
		v.Findings = []billing.Finding{}
	}
	if v.EndedAt, err = d.Now(ctx); err != nil {
		return Verified{}, err
	}
	return v, d.keepVerification(ctx, v)
}

func (d *DB) keepVerification(ctx context.Context, v Verified) error {
	text, err := json.Marshal(v.Verification)
	if err != nil {
		return fmt.Errorf("keep verification: %w", err)
	}
	err = inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		id, err := insertID(tx.ExecContext(ctx, `INSERT INTO verifications (began_at, ended_at, node, findings, result) VALUES (?, ?, ?, ?, ?)`,
			moment(v.BeganAt), moment(v.EndedAt), v.Node, int64(len(v.Findings))+v.More, string(text)))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM verifications WHERE id <= ?`, id-keptVerifications)
		return err
	})
	return wrap("keep verification", err)
}

// LastVerification is what came of the last verification. ErrNotFound: there was
// none.
func (d *DB) LastVerification(ctx context.Context) (Verified, error) {
	var v Verified
	var text []byte
	row := d.calls.QueryRowContext(ctx, `SELECT began_at, ended_at, node, result FROM verifications ORDER BY id DESC LIMIT 1`)
	if err := notFound(row.Scan(&v.BeganAt, &v.EndedAt, &v.Node, &text)); err != nil {
		return Verified{}, wrap("last verification", err)
	}
	if err := json.Unmarshal(text, &v.Verification); err != nil {
		return Verified{}, fmt.Errorf("last verification: %w", err)
	}
	return v, nil
}
