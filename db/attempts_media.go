package db

import (
	"time"

	"tandem/billing"
	"tandem/quality"
)

// mediaNames are the columns of what was heard of an attempt.
func mediaNames() []string {
	return []string{"rtp_received", "rtp_lost", "rtp_sent", "rtp_jitter_us", "rtp_rtt_us", "rtp_mos"}
}

// mediaColumns are read by scanHeard, behind attemptColumns.
const mediaColumns = `COALESCE(rtp_received, 0), COALESCE(rtp_lost, 0), COALESCE(rtp_sent, 0), COALESCE(rtp_jitter_us, 0), COALESCE(rtp_rtt_us, 0),
	COALESCE(rtp_mos, 0)`

// scanHeard is scanAttempt with what was heard.
func scanHeard(scan func(dest ...any) error) (billing.Attempt, error) {
	var m billing.Media
	var jitter, rtt int64
	a, err := scanAttempt(func(dest ...any) error {
		return scan(append(dest, &m.Received, &m.Lost, &m.Sent, &jitter, &rtt, &m.MOS)...)
	})
	m.Jitter, m.RTT = time.Duration(jitter)*time.Microsecond, time.Duration(rtt)*time.Microsecond
	a.Media = m
	return a, err
}

// heard is a figure of a leg that was listened to; of any other it is not known.
func heard(m *billing.Media, figure int64) any {
	if *m == (billing.Media{}) {
		return nil
	}
	return figure
}

// MediaLine is what was heard of an attempt, in a list.
type MediaLine struct {
	Received int64    `json:"received" doc:"Packets that came from the provider"`
	Lost     int64    `json:"lost" doc:"Packets expected that did not come, up to the last RTCP report"`
	Sent     int64    `json:"sent" doc:"Packets that went to the provider"`
	Loss     *int64   `json:"loss,omitempty" doc:"Millionths of the packets expected; absent: none were"`
	JitterMS float64  `json:"jitter_ms" doc:"Interarrival jitter of what came, RFC 3550"`
	RTTMS    *float64 `json:"rtt_ms,omitempty" doc:"Round trip; absent: the provider sent no RTCP report"`
	MOS      *float64 `json:"mos,omitempty" doc:"Estimated mean opinion score, 1 to 4.5; absent: too few packets to tell"`
}

// mediaLine is nil when nothing is known.
func mediaLine(m *billing.Media) *MediaLine {
	if *m == (billing.Media{}) {
		return nil
	}
	l := &MediaLine{Received: m.Received, Lost: m.Lost, Sent: m.Sent, JitterMS: float64(m.Jitter.Microseconds()) / 1000}
	if share, ok := (quality.Ratio{Part: m.Lost, Whole: m.Received + m.Lost}).Share(); ok {
		l.Loss = new(int64(share))
	}
	if m.RTT > 0 {
		l.RTTMS = new(float64(m.RTT.Microseconds()) / 1000)
	}
	if m.MOS > 0 {
		l.MOS = new(float64(m.MOS) / 100)
	}
	return l
}
