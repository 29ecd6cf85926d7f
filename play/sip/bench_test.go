package sip_test

import (
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"tandem/play/sip"
)

// BenchmarkCalls is what one answered call costs phone and carrier together, in
// one process: INVITE, 180, 200, ACK, BYE, 200. CPS sets the rate.
func BenchmarkCalls(b *testing.B) {
	cps := 500.0
	if v, err := strconv.ParseFloat(os.Getenv("CPS"), 64); err == nil {
		cps = v
	}
	carrier := sip.NewCarrier(sip.CarrierConfig{Name: "acme", Addr: mustAddr("127.30.0.1:0")})
	phone := sip.NewPhone(sip.PhoneConfig{Login: "alice", Local: mustAddr("127.30.1.1:0")})
	if err := carrier.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	if err := phone.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	carrier.SetOutcome(sip.AnswerAtOnce())
	b.ReportAllocs()
	before := cpu()
	b.ResetTimer()
	got, err := phone.Load(b.Context(), sip.LoadSpec{
		Call: sip.CallSpec{To: "74950000001", Server: carrier.Addr()}, CPS: cps, Count: b.N,
	})
	b.StopTimer()
	used := cpu() - before
	if err != nil {
		b.Fatal(err)
	}
	if got.Answered != b.N {
		b.Errorf("%d of %d answered: %v", got.Answered, b.N, got.ByStatus)
	}
	b.ReportMetric(float64(used.Microseconds())/float64(b.N), "cpu-µs/call")
	b.ReportMetric(got.CPS, "calls/s")
	b.ReportMetric(got.PDD.P50, "pdd-p50-ms")
	b.ReportMetric(got.PDD.P99, "pdd-p99-ms")
	b.ReportMetric(got.Late.P99, "late-p99-ms")
	if err := phone.Close(); err != nil {
		b.Fatal(err)
	}
	if err := carrier.Close(); err != nil {
		b.Fatal(err)
	}
}

// cpu is the processor time this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
