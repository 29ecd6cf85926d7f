package sip

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Payload types we speak (RFC 3551): both G.711, and keys as events.
const (
	payloadPCMU   = 0
	payloadPCMA   = 8
	payloadEvents = 101
)

// offerSDP describes our media socket to somebody we call.
func offerSDP(at netip.AddrPort) []byte {
	return describe(at, []int{payloadPCMU, payloadPCMA, payloadEvents})
}

// answerSDP describes our media socket to somebody who offered his: of his
// codecs we take those we know, in his order. Without an offer we make one.
func answerSDP(at netip.AddrPort, offer []byte) []byte {
	var common []int
	_, payloads := audioOf(offer)
	for _, p := range payloads {
		if p == payloadPCMU || p == payloadPCMA || p == payloadEvents {
			common = append(common, p)
		}
	}
	if len(common) == 0 {
		return offerSDP(at)
	}
	return describe(at, common)
}

// describe writes a session description (RFC 4566) with one audio stream.
func describe(at netip.AddrPort, payloads []int) []byte {
	family := "IP4"
	if at.Addr().Is6() {
		family = "IP6"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "v=0\r\no=- 1 1 IN %s %s\r\ns=-\r\nc=IN %[1]s %[2]s\r\nt=0 0\r\nm=audio %d RTP/AVP", family, at.Addr(), at.Port())
	for _, p := range payloads {
		b.WriteString(" " + strconv.Itoa(p))
	}
	b.WriteString("\r\n")
	for _, p := range payloads {
		switch p {
		case payloadPCMU:
			b.WriteString("a=rtpmap:0 PCMU/8000\r\n")
		case payloadPCMA:
			b.WriteString("a=rtpmap:8 PCMA/8000\r\n")
		case payloadEvents:
			b.WriteString("a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n")
		}
	}
	b.WriteString("a=ptime:20\r\na=sendrecv\r\n")
	return []byte(b.String())
}

// remoteMedia is where the other side wants its audio; invalid if it does not say.
func remoteMedia(sdp []byte) netip.AddrPort {
	at, _ := audioOf(sdp)
	return at
}

// audioOf reads address and payload types of the first audio stream.
func audioOf(sdp []byte) (at netip.AddrPort, payloads []int) {
	var host netip.Addr
	var port uint16
	for line := range strings.SplitSeq(string(sdp), "\n") {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "c=IN "):
			fields := strings.Fields(line)
			host, _ = netip.ParseAddr(fields[len(fields)-1])
		case strings.HasPrefix(line, "m=audio ") && port == 0:
			fields := strings.Fields(line)
			if len(fields) < 4 {
				continue
			}
			n, _ := strconv.ParseUint(fields[1], 10, 16)
			port = uint16(n)
			for _, f := range fields[3:] {
				if p, err := strconv.Atoi(f); err == nil {
					payloads = append(payloads, p)
				}
			}
		}
	}
	if !host.IsValid() || port == 0 {
		return netip.AddrPort{}, payloads
	}
	return netip.AddrPortFrom(host, port), payloads
}
