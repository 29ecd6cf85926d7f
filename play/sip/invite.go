package sip

import (
	"net/netip"
	"strings"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// Invite is a call offered to us, as far as a Profile may want to know it.
type Invite struct {
	Called      string // user part of the Request-URI, exactly as on the wire
	From        string // user part of the From header, as on the wire
	FromDisplay string // display name of the From header, without its outer quotes
	Source      netip.AddrPort
	CallID      string
	At          time.Time

	req *gosip.Request
}

// Header is the value of the first header of that name, "" if there is none.
func (in Invite) Header(name string) string {
	return headerOf(in.req, name)
}

// Text is the whole INVITE, rebuilt from what was understood of it.
func (in Invite) Text() string {
	if in.req == nil {
		return ""
	}
	return in.req.String()
}

func newInvite(req *gosip.Request, at time.Time) Invite {
	source, _ := netip.ParseAddrPort(req.Source())
	return Invite{
		Called:      wireUser(&req.Recipient),
		From:        wireUser(&req.From().Address),
		FromDisplay: req.From().DisplayName,
		Source:      source,
		CallID:      req.CallID().Value(),
		At:          at,
		req:         req,
	}
}

// wireUser undoes sipgo's reading of the user part: it splits off what follows
// a colon as password and ends the user at the first '@', not at the last.
func wireUser(uri *gosip.Uri) string {
	user := uri.User
	if uri.Password != "" {
		user += ":" + uri.Password
	}
	if i := strings.LastIndexByte(uri.Host, '@'); i >= 0 {
		user += "@" + uri.Host[:i]
	}
	return user
}

// headerOf is the value of the first header of that name in a message.
func headerOf(msg gosip.Message, name string) string {
	if msg == nil {
		return ""
	}
	for _, h := range msg.GetHeaders(name) {
		return h.Value()
	}
	return ""
}
