package quality

import (
	"math"
	"time"
)

// The E-model with its defaults leaves these of a call over G.711.
const (
	bestR       = 93.2                  // Ro - Is with all default values (ITU-T G.107 §7.7)
	worstIe     = 95.0                  // what total loss takes (G.107 §7.5)
	robustness  = 25.1                  // Bpl of G.711 with packet loss concealment (ITU-T G.113 appendix I), which telephones have
	packetTime  = 20 * time.Millisecond // of speech in a packet; that long it waits before it is sent
	slowest     = 177.3                 // milliseconds of delay from which talking suffers
	mostOpinion = 4.5
)

// MOS estimates the mean opinion score of a stream, in hundredths from 100 to 450:
// the E-model of ITU-T G.107, simplified.
//
//	R      = 93.2 - Id - Ie,eff
//	Id     = 0.024 d + 0.11 (d - 177.3) if d > 177.3   (Cole and Rosenbluth, Voice over IP Performance Monitoring, 2001)
//	Ie,eff = 95 Ppl / (Ppl + Bpl)                      (G.107 §7.5; loss taken as random, BurstR 1)
//	MOS    = 1 + 0.035 R + R (R - 60) (100 - R) 7e-6   (G.107 annex B)
//
// d is the delay from mouth to ear as far as we see it: half the round trip, one
// packet, and a jitter buffer of twice the jitter. What lies beyond the far side's
// RTP address is not seen, nor is the codec: it is taken for G.711. So the score
// tells routes apart; it does not say what people thought.
func MOS(loss Ratio, jitter, roundTrip time.Duration) int {
	percent := 0.0
	if loss.Whole > 0 {
		percent = 100 * min(max(float64(loss.Part)/float64(loss.Whole), 0), 1)
	}
	delay := float64(max(0, roundTrip)/2+max(0, jitter)*2+packetTime) / float64(time.Millisecond)
	r := bestR - 0.024*delay - 0.11*max(0, delay-slowest) - worstIe*percent/(percent+robustness)
	return int(math.Round(100 * opinion(r)))
}

// opinion turns a transmission rating into a mean opinion score.
func opinion(r float64) float64 {
	switch {
	case r <= 0:
		return 1
	case r >= 100:
		return mostOpinion
	}
	return max(1, 1+0.035*r+r*(r-60)*(100-r)*7e-6) // below R 6.5 the curve dips under its own end
}
