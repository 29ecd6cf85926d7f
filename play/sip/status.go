package sip

import "net/http"

// SIP status codes this package speaks of (RFC 3261 §21).
const (
	statusTrying           = 100
	statusRinging          = 180
	statusProgress         = 183
	statusOK               = 200
	statusMultiple         = 300
	statusMovedTemporarily = 302
	statusBadRequest       = 400
	statusUnauthorized     = 401
	statusForbidden        = 403
	statusMethodNotAllowed = 405
	statusProxyAuth        = 407
	statusTimeout          = 408
	statusNoSuchCall       = 481
	statusUnavailable      = 480
	statusTerminated       = 487
	statusServiceDown      = 503
)

// phrase is the reason phrase that goes with a status.
func phrase(status int) string {
	switch status {
	case statusTrying:
		return "Trying"
	case statusRinging:
		return "Ringing"
	case 181:
		return "Call Is Being Forwarded"
	case statusProgress:
		return "Session Progress"
	case statusMovedTemporarily:
		return "Moved Temporarily"
	case statusTimeout:
		return "Request Timeout"
	case 410:
		return "Gone"
	case statusUnavailable:
		return "Temporarily Unavailable"
	case statusNoSuchCall:
		return "Call/Transaction Does Not Exist"
	case 484:
		return "Address Incomplete"
	case 486:
		return "Busy Here"
	case statusTerminated:
		return "Request Terminated"
	case 488:
		return "Not Acceptable Here"
	case 600:
		return "Busy Everywhere"
	case 603:
		return "Decline"
	case 604:
		return "Does Not Exist Anywhere"
	}
	// The rest of SIP's codes were taken from HTTP.
	if text := http.StatusText(status); text != "" {
		return text
	}
	return "Unnamed"
}
