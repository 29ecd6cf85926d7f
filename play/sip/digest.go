package sip

import (
	"fmt"
	"strings"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

// challenge asks the sender to prove who it is (RFC 3261 §22.1); 401 is what a
// registrar says, 407 what a proxy says to an INVITE.
func (a *agent) challenge(req *gosip.Request, tx *gosip.ServerTx, status int) {
	header := "WWW-Authenticate"
	if status == statusProxyAuth {
		header = "Proxy-Authenticate"
	}
	a.respond(req, tx, status, Header{header, a.digestChallenge().String()})
}

func (a *agent) digestChallenge() *digest.Challenge {
	return &digest.Challenge{Realm: a.realm, Nonce: a.nonce, Algorithm: "MD5", QOP: []string{"auth"}}
}

// authorised reports whether a request carries a right answer to our challenge.
func (a *agent) authorised(req *gosip.Request) bool {
	_, ok := a.loginOf(req)
	return ok
}

// loginOf is the login a request has proved to own.
func (a *agent) loginOf(req *gosip.Request) (string, bool) {
	for _, name := range []string{"Authorization", "Proxy-Authorization"} {
		given, err := digest.ParseCredentials(headerOf(req, name))
		if err != nil || given.Nonce != a.nonce {
			continue
		}
		password, ok := a.logins[given.Username]
		if !ok {
			continue
		}
		right, err := digest.Digest(a.digestChallenge(), digest.Options{
			Method: req.Method.String(), URI: given.URI,
			Username: given.Username, Password: password,
			Cnonce: given.Cnonce, Count: given.Nc,
		})
		if err == nil && right.Response == given.Response {
			return given.Username, true
		}
	}
	return "", false
}

// credentials answers the challenge in a 401 or 407. The result is the header
// to repeat the request with.
func credentials(status int, challenge, method, uri, login, password string) (Header, error) {
	asked, err := digest.ParseChallenge(challenge)
	if err != nil {
		return Header{}, fmt.Errorf("sip: challenge %q: %w", challenge, err)
	}
	answer, err := digest.Digest(asked, digest.Options{Method: method, URI: uri, Username: login, Password: password})
	if err != nil {
		return Header{}, fmt.Errorf("sip: challenge %q: %w", challenge, err)
	}
	name := "Authorization"
	if status == statusProxyAuth {
		name = "Proxy-Authorization"
	}
	return Header{Name: name, Value: answer.String()}, nil
}

// challengeOf is the value of the challenge in a response; "" if there is none.
func challengeOf(res *gosip.Response) string {
	switch res.StatusCode {
	case statusUnauthorized:
		return headerOf(res, "WWW-Authenticate")
	case statusProxyAuth:
		return headerOf(res, "Proxy-Authenticate")
	}
	return ""
}

// stale says whether a challenge only replaces a nonce that is too old; if not,
// a second one means that the password is wrong.
func stale(challenge string) bool {
	asked, err := digest.ParseChallenge(challenge)
	return err == nil && asked.Stale
}

// sendable says whether text can stand in the user part of a request line; what
// cannot would end the line or the URI early.
func sendable(text string) bool {
	return !strings.ContainsAny(text, " \r\n\x00<>")
}
