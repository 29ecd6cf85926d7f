package main

import "testing"

// A link that is printed names a host that a browser on this machine reaches.
func TestConsoleAt(t *testing.T) {
	for address, want := range map[string]string{
		"0.0.0.0:8073": "http://localhost:8073", "[::]:8073": "http://localhost:8073", ":8073": "http://localhost:8073",
		"127.0.0.1:8073": "http://127.0.0.1:8073", "192.0.2.7:80": "http://192.0.2.7:80", "[2001:db8::1]:80": "http://[2001:db8::1]:80",
	} {
		if got := consoleAt(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}
