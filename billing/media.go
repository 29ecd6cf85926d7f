package billing

import "time"

// Media is what Asterisk measured of the RTP stream between it and the far side
// of an answered leg. Zero: nothing is known, or no media passed Asterisk.
type Media struct {
	Received int64         `json:"received,omitempty"` // packets that came from the far side
	Lost     int64         `json:"lost,omitempty"`     // packets that were expected and did not come, up to the last RTCP report
	Sent     int64         `json:"sent,omitempty"`     // packets that went there
	Jitter   time.Duration `json:"jitter,omitempty"`   // interarrival jitter of what came (RFC 3550 §6.4.1), microseconds
	RTT      time.Duration `json:"rtt,omitempty"`      // round trip by RTCP, microseconds; 0: the far side sent no report
	MOS      int           `json:"mos,omitempty"`      // estimated mean opinion score in hundredths, 100 to 450; 0: too little came
}
