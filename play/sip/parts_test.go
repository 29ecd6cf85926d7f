package sip

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSpread(t *testing.T) {
	t.Parallel()
	var s samples
	for i := range 100 {
		s.add(time.Duration(100-i) * time.Millisecond)
	}
	got := s.spread()
	if got.N != 100 || got.Min != 1 || got.P50 != 50 || got.P90 != 90 || got.P99 != 99 || got.Max != 100 || got.Mean != 50.5 {
		t.Errorf("%+v", got)
	}
	want := []Bucket{{1, 1}, {2, 1}, {5, 3}, {10, 5}, {20, 10}, {50, 30}, {100, 50}}
	if !slices.Equal(got.Buckets, want) {
		t.Errorf("buckets %v, want %v", got.Buckets, want)
	}
	if got := (samples{time.Hour}).spread(); got.P50 != got.P99 || !slices.Equal(got.Buckets, []Bucket{{0, 1}}) {
		t.Errorf("one sample: %+v", got)
	}
	if got := samples(nil).spread(); got.N != 0 {
		t.Errorf("no samples: %+v", got)
	}
}

func TestSDP(t *testing.T) {
	t.Parallel()
	here := netip.MustParseAddrPort("127.0.0.1:4000")
	offer := offerSDP(here)
	at, payloads := audioOf(offer)
	if at != here || !slices.Equal(payloads, []int{0, 8, 101}) {
		t.Errorf("offer: %v %v", at, payloads)
	}
	theirs := "v=0\r\nc=IN IP4 10.0.0.1\r\nm=audio 5000 RTP/AVP 3 8 96 101\r\nm=video 5002 RTP/AVP 99\r\n"
	if at := remoteMedia([]byte(theirs)); at.String() != "10.0.0.1:5000" {
		t.Errorf("their media: %v", at)
	}
	if answer := string(answerSDP(here, []byte(theirs))); !strings.Contains(answer, "m=audio 4000 RTP/AVP 8 101\r\n") {
		t.Errorf("answer:\n%s", answer)
	}
	if answer := answerSDP(here, nil); string(answer) != string(offer) {
		t.Errorf("answer to no offer:\n%s", answer)
	}
	six := netip.MustParseAddrPort("[::1]:4000")
	if at, _ := audioOf(offerSDP(six)); at != six {
		t.Errorf("IPv6: %v", at)
	}
	for _, broken := range []string{"", "m=audio", "m=audio 1", "c=IN IP4\r\nm=audio x y z", "c=IN \r\nm=audio 1 RTP/AVP 0"} {
		if at := remoteMedia([]byte(broken)); at.IsValid() {
			t.Errorf("%q: %v", broken, at)
		}
	}
}

func TestStatusLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"SIP/2.0 486 Busy Here\r\nTo: x\r\n\r\n": 486,
		"SIP/2.0 200\r\n\r\n":                    200,
		"SIP/2.0 xxx\r\n":                        0,
		"INVITE sip:x SIP/2.0\r\n":               0,
		"":                                       0,
	} {
		if got, _ := statusLine(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

// FuzzSDP: no description is too odd to be answered, and every answer can be read.
func FuzzSDP(f *testing.F) {
	here := netip.MustParseAddrPort("127.0.0.1:4000")
	f.Add(offerSDP(here))
	f.Add([]byte("c=IN IP6 ::1\r\nm=audio 1 RTP/AVP 8"))
	f.Fuzz(func(t *testing.T, offer []byte) {
		at, payloads := audioOf(answerSDP(here, offer))
		if at != here || len(payloads) == 0 {
			t.Errorf("answer to %q names %v %v", offer, at, payloads)
		}
	})
}
