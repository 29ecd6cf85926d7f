package bench

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"tandem/agi"
	"tandem/agi/agitest"
)

// The two telephones of the bench. Asterisk knows both by address, so that no
// digest is computed on either side; neither registers.
const (
	callerLogin = "bench-caller"
	bareLogin   = "bench-bare"
)

// dialled is what both telephones dial. Its ending makes the carrier answer at
// once.
const dialled = "84957779307"

// bareDialplan is the least that connects a call: what an Asterisk without
// Tandem would do with one carrier.
const bareDialplan = `
; Added by tandem bench, after rendering.
[bench_bare]
exten => _X.,1,Dial(%s,20)
 same => n,Hangup()
`

// barePeers adds the two telephones, subscribers like all others but for the
// password.
const barePeers = `
; Added by tandem bench, after rendering.
[%[1]s](tandem-subscriber)
identify_by = ip

[%[1]s-identify]
type = identify
endpoint = %[1]s
match = %[2]s

[%[3]s](tandem-subscriber)
context = bench_bare
identify_by = ip

[%[3]s-identify]
type = identify
endpoint = %[3]s
match = %[4]s
`

func (b *callBench) callerAddr() netip.Addr { return b.stack.Loopback.Addr(200) }
func (b *callBench) bareAddr() netip.Addr   { return b.stack.Loopback.Addr(201) }

// addBare makes the stack fit for the bench: a subscriber row for the first
// telephone, and behind the rendered configuration, which stays as it is for
// all other calls, two endpoints and the context of the bare Dial. It returns
// the dial string: the one Tandem gives for the same number.
func (b *callBench) addBare(ctx context.Context) (string, error) {
	b.options.say("two telephones and a context with a bare Dial")
	if err := b.addSubscriber(ctx); err != nil {
		return "", err
	}
	dial, err := b.firstRoute(ctx)
	if err != nil {
		return "", err
	}
	etc := filepath.Join(b.stack.Asterisk.Dir(), "etc")
	err = errors.Join(
		appendTo(filepath.Join(etc, "extensions.conf"), fmt.Sprintf(bareDialplan, dial)),
		appendTo(filepath.Join(etc, "pjsip.conf"), fmt.Sprintf(barePeers, callerLogin, b.callerAddr(), bareLogin, b.bareAddr())),
	)
	if err != nil {
		return "", err
	}
	return dial, b.stack.Asterisk.Restart(ctx)
}

func (b *callBench) addSubscriber(ctx context.Context) (err error) {
	pool, err := b.stack.DB()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	_, err = pool.ExecContext(ctx, `INSERT INTO subscribers (login, secret, account_id, server_id)
		SELECT ?, 'unused', account_id, server_id FROM subscribers WHERE login = ?`, callerLogin, endpoint)
	if err != nil {
		return fmt.Errorf("subscriber %s: %w", callerLogin, err)
	}
	return nil
}

// firstRoute asks the node as Asterisk would until it knows the new subscriber,
// which it does within about a second, and returns the first dial string.
func (b *callBench) firstRoute(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		a := agitest.Asterisk{Channel: agitest.Channel{UniqueID: fmt.Sprintf("%s-1700000000.%d", server, n)}}
		_, err := a.AGI(ctx, b.stack.Nodes[0].AGI.String(), script, server, callerLogin, b.callerAddr().String()+":5060", dialled, "", "0")
		if err != nil {
			return "", err
		}
		if a.Vars[agi.Sentinel] == "1" && a.Vars["T_ACTION"] == "dial" {
			return a.Vars["T_R1"], nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return "", fmt.Errorf("the node gives no route for subscriber %s: %v: %w", callerLogin, a.Vars, context.Cause(ctx))
		}
	}
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
