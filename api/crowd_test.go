package api_test

import (
	"net"
	"net/netip"
	"testing"

	"tandem/api"
)

// One address cannot take all connections; our servers come in whatever others do.
func TestConnectionsOfOneAddress(t *testing.T) {
	t.Parallel()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := netip.MustParseAddr("127.0.0.9")
	l := api.NewListener(inner, func(a netip.Addr) bool { return a == server })
	t.Cleanup(func() { _ = l.Close() })
	accepted := make(chan net.Conn, 1000)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				close(accepted)
				return
			}
			accepted <- conn
		}
	}()
	dial := func(from string) net.Conn {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		conn, err := d.DialContext(t.Context(), "tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		return conn
	}
	refused := func(conn net.Conn) bool {
		_, err := conn.Read(make([]byte, 1)) // nobody writes
		return err != nil
	}
	var first net.Conn
	for range 256 {
		dial("127.0.0.5")
		first = <-accepted
	}
	if !refused(dial("127.0.0.5")) {
		t.Error("the two hundred and fifty-seventh of one address came in")
	}
	for range 300 {
		dial("127.0.0.9")
		<-accepted
	}
	dial("127.0.0.6")
	<-accepted
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	dial("127.0.0.5")
	<-accepted // there is room again
	if err := first.Close(); err == nil {
		t.Error("closed twice without a word")
	}
	dial("127.0.0.6")
	<-accepted
	if !refused(dial("127.0.0.5")) {
		t.Error("one that is closed twice makes room for two")
	}
}
