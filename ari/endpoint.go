package ari

import (
	"context"
	"fmt"

	lib "github.com/CyCoreSystems/ari/v5"
)

// EndpointState is what Asterisk thinks of an endpoint.
type EndpointState string

// States. Without probes (qualify) an address counts as online, an endpoint
// without an address as offline.
const (
	Online  EndpointState = "online"
	Offline EndpointState = "offline"
	Unknown EndpointState = "unknown"
)

// Endpoint is a provider's address, a gate or a subscriber.
type Endpoint struct {
	Name  string
	State EndpointState
}

// sip is the only technology whose endpoints have a state worth reading.
const sip = "PJSIP"

// Endpoints lists every SIP endpoint in one request.
func (c *Client) Endpoints(ctx context.Context) ([]Endpoint, error) {
	return get(ctx, c, "/endpoints/"+sip, nil, decodeEndpoints)
}

func decodeEndpoints(body []byte) ([]Endpoint, error) {
	wire, err := list[lib.EndpointData](body)
	if err != nil {
		return nil, err
	}
	endpoints := make([]Endpoint, len(wire))
	for i := range wire {
		if wire[i].Technology != sip || wire[i].Resource == "" {
			return nil, fmt.Errorf("%w: endpoint %d of %d is %s of technology %s, want a name of %s",
				ErrAnswer, i+1, len(wire), quoted(wire[i].Resource), quoted(wire[i].Technology), sip)
		}
		endpoints[i] = Endpoint{Name: wire[i].Resource, State: state(wire[i].State)}
	}
	return endpoints, nil
}

func state(text string) EndpointState {
	switch s := EndpointState(text); s {
	case Online, Offline:
		return s
	default:
		return Unknown
	}
}
