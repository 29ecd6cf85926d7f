package routing

import (
	"strconv"

	"tandem/internal/e164"
)

// trunkPrefix begins the endpoint name of every provider address under pjsip;
// no gate and no subscriber may bear it.
const trunkPrefix = "trunk-"

// TrunkEndpoint is the name of a provider address in Asterisk's pjsip
// configuration and in dial strings.
func TrunkEndpoint(a *Address) string {
	return trunkPrefix + strconv.FormatInt(a.ProviderID, 10) + "-" + strconv.FormatInt(a.ID, 10)
}

// SourceEndpoint is the pjsip endpoint that a provider's incoming calls land on.
func SourceEndpoint(p *Provider) string { return trunkPrefix + strconv.FormatInt(p.ID, 10) }

// SubscriberDial rings a subscriber on its server.
func SubscriberDial(driver Driver, s *Subscriber) string {
	if driver == ChanSIP {
		return "SIP/" + s.Login
	}
	return "PJSIP/" + s.Login
}

// gateDial is the dial string through a dial peer: chan_sip puts the peer
// first, chan_pjsip the number (channels/chan_pjsip.c, request).
func gateDial(driver Driver, g *Gate, digits string) string {
	if driver == ChanSIP {
		return "SIP/" + g.Name + "/" + digits
	}
	return "PJSIP/" + digits + "@" + g.Name
}

// addressDial is the dial string to a provider's address. Under chan_sip the
// host itself is the peer; under pjsip the trunk's endpoint knows the host.
func addressDial(driver Driver, a *Address, digits string) string {
	if driver == ChanSIP {
		return "SIP/" + a.Host + "/" + digits
	}
	return "PJSIP/" + digits + "@" + TrunkEndpoint(a)
}

// Dial is the dial string of the i-th route, from 0.
func (p *Plan) Dial(i int) string {
	r, driver := &p.Routes[i], p.request.Server.Driver
	if r.Gate != nil {
		return gateDial(driver, r.Gate, p.called(r))
	}
	return addressDial(driver, r.Address, p.called(r))
}

// called is the B-number as the provider wants it: its technical prefix asks
// for the tier; only a bare number takes the plus.
func (p *Plan) called(r *Route) string {
	switch {
	case r.digits != "":
		return r.digits + string(p.request.BNumber)
	case r.Provider.AppendPlus:
		return "+" + string(p.request.BNumber)
	}
	return string(p.request.BNumber)
}

// RedirectDial is the dial string that hands a call for b to another server over
// IAX2, the called number untouched; empty when the server has no IAX2 path.
func RedirectDial(to *Server, b e164.Number) string {
	if to.IAX2 == "" {
		return ""
	}
	return to.IAX2 + "/" + string(b)
}
