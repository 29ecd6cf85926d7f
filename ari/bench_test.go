package ari_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	lib "github.com/CyCoreSystems/ari/v5"

	"tandem/ari"
	"tandem/ari/aritest"
)

// fiveThousand is Asterisk's list of 5,000 calls, two channels each.
func fiveThousand(b *testing.B) []byte {
	b.Helper()
	s := aritest.New(b)
	var channels []aritest.Channel
	for n := range 5000 {
		channels = append(channels, talking(n), called(n))
	}
	s.SetChannels(channels...)
	request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, s.URL+"/channels", nil)
	if err != nil {
		b.Fatal(err)
	}
	request.SetBasicAuth(aritest.User, aritest.Secret)
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.Fatal(err)
	}
	return body
}

// BenchmarkChannels is what one look at 5,000 calls costs.
func BenchmarkChannels(b *testing.B) {
	body := fiveThousand(b)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if channels, err := ari.DecodeChannels(body); err != nil || len(channels) != 10_000 {
			b.Fatal(len(channels), err)
		}
	}
}

// BenchmarkChannelsLibrary is the same with the library's type, for comparison.
func BenchmarkChannelsLibrary(b *testing.B) {
	body := fiveThousand(b)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var channels []lib.ChannelData
		if err := json.Unmarshal(body, &channels); err != nil || len(channels) != 10_000 {
			b.Fatal(len(channels), err)
		}
	}
}
