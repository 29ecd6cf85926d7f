package sip

import (
	"context"
	"errors"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// authTries is how often an INVITE is repeated with credentials: once for the
// challenge, once more if its nonce has become stale.
const authTries = 2

// run follows the call from its first INVITE to the final response. After an
// answer nothing of ours runs; requests from the other side do the rest. The
// agent's lifetime ends it, ctx only bounds what it sends.
func (c *Call) run(ctx context.Context) {
	for try := 0; ; try++ {
		res, err := c.follow()
		if err != nil {
			c.fail(err)
			return
		}
		asked := challengeOf(res)
		if asked == "" || c.spec.Login == "" || (try > 0 && !stale(asked)) || try >= authTries {
			c.settle(ctx, res)
			return
		}
		auth, err := credentials(res.StatusCode, asked, gosip.INVITE.String(), c.target.String(), c.spec.Login, c.spec.Password)
		if err == nil {
			retire(c.tx)
			err = c.send(ctx, &auth)
		}
		if err != nil {
			c.fail(err)
			return
		}
	}
}

// follow reads the responses to the present INVITE up to the final one.
func (c *Call) follow() (*gosip.Response, error) {
	for {
		select {
		case res := <-c.tx.Responses():
			if !res.IsProvisional() {
				return res, nil
			}
			c.provisional(res)
		case <-c.tx.Done():
			return nil, errors.Join(ErrNoResponse, c.tx.Err())
		case <-c.agent.lifetime.Done():
			c.tx.Terminate()
			return nil, ErrClosed
		}
	}
}

func (c *Call) provisional(res *gosip.Response) {
	c.mu.Lock()
	defer c.mu.Unlock()
	after := time.Since(c.result.Started)
	c.result.Provisionals = append(c.result.Provisionals, Provisional{
		Status: res.StatusCode, Reason: res.Reason, After: after, Media: len(res.Body()) > 0,
	})
	c.proceeding.raise()
	if res.StatusCode == statusTrying {
		return
	}
	if c.result.PDD == 0 {
		c.result.PDD = after
	}
	c.ringing.raise()
	if c.agent.sendsMedia {
		c.media.sendTo(remoteMedia(res.Body()), 0)
	}
}

// settle takes the final response.
func (c *Call) settle(ctx context.Context, res *gosip.Response) {
	c.mu.Lock()
	c.response = res
	c.result.Status, c.result.Reason = res.StatusCode, res.Reason
	c.result.FinalAfter = time.Since(c.result.Started)
	if !res.IsSuccess() {
		by := Called
		if c.cancelling {
			by = Caller
		}
		tx := c.tx
		c.mu.Unlock()
		retire(tx)
		c.over(by)
		return
	}
	c.media.answered()
	c.result.AnsweredAt = time.Now()
	if c.result.PDD == 0 {
		c.result.PDD = c.result.FinalAfter
	}
	if to := res.To(); to != nil {
		c.remote = *to
	}
	c.target = contactOf(res.Contact(), c.target)
	c.dest = res.Source()
	c.confirm = c.agent.newRequest(gosip.ACK, c.target, &c.dialog)
	ack := c.confirm.Clone()
	if c.agent.sendsMedia {
		c.media.sendTo(remoteMedia(res.Body()), 0)
	}
	crossed, byed := c.cancelling, c.byed
	c.result.Crossed = crossed
	c.mu.Unlock()

	c.agent.write(ack)
	c.final.raise()
	switch {
	case byed:
		c.over(Called)
	case crossed:
		// What the caller wanted was to be rid of the call.
		ctx, cancel := context.WithTimeout(ctx, byeLimit)
		defer cancel()
		if err := c.Hangup(ctx); err != nil {
			c.agent.log.Debug().Err(err).Str("call_id", c.callID).Msg("BYE not answered")
		}
	}
}

// retire ends the transaction of a refused INVITE when the refusal, which sipgo
// acknowledges as often as it comes, cannot come again.
func retire(tx *gosip.ClientTx) { time.AfterFunc(linger, tx.Terminate) }
