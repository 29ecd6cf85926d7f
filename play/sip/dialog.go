package sip

import (
	"context"

	gosip "github.com/emiago/sipgo/sip"
)

// dialog is what two user agents remember of a call (RFC 3261 §12). Proxies
// that record-route are not foreseen: between us and Asterisk there are none.
type dialog struct {
	agent  *agent
	callID string
	tag    string           // ours
	local  gosip.FromHeader // us, with our tag
	remote gosip.ToHeader   // them, with their tag once they have one
	target gosip.Uri        // their Contact
	dest   string           // the address they send from, "host:port"
	seq    uint32           // of our last request
}

// bye asks the other side to end the call and waits for the answer. That the
// other side does not know the call any more is fine.
func (d *dialog) bye(ctx context.Context) error {
	d.seq++
	_, err := d.agent.transact(ctx, d.agent.newRequest(gosip.BYE, d.target, d))
	return err
}

// farewell sends BYE without waiting for the answer.
func (d *dialog) farewell() {
	d.seq++
	d.agent.write(d.agent.newRequest(gosip.BYE, d.target, d))
}

// contactOf is where requests within the call go: the Contact of the message,
// or failing that the address we know.
func contactOf(contact *gosip.ContactHeader, otherwise gosip.Uri) gosip.Uri {
	if contact == nil || contact.Address.Host == "" {
		return otherwise
	}
	return *contact.Address.Clone()
}
