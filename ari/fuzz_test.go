package ari_test

import (
	"encoding/json"
	"testing"

	"tandem/ari"
)

// FuzzDecode: foreign bytes are read whole or refused; nothing that is accepted
// lacks what others depend on.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`[]`, `null`, `[null]`, `{}`, `[{}]`, `"x"`,
		`[{"id":"alpha-1.1","name":"PJSIP/x-00000001","state":"Up","caller":{"name":"","number":"1"},"connected":null,"accountcode":"",` +
			`"dialplan":{"context":"make_a_call","exten":"hunt","priority":17,"app_name":"Dial","app_data":"U(predial^1^2.c.g3^out)"},` +
			`"creationtime":"2026-11-22T01:58:41.779+0000","language":"en"}]`,
		`[{"technology":"PJSIP","resource":"trunk-1-2","state":"online","channel_ids":["a"]}]`,
		`{"config":{"name":"a"},"system":{"entity_id":"x","version":"y"},"status":{"startup_time":"2026-11-22T01:57:40.903+0000","last_reload_time":"2026-11-22T01:57:40.903+0000"}}`,
		`{"value":"x"}`, `{"value":null}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var elements []json.RawMessage
		isList := json.Unmarshal(body, &elements) == nil && elements != nil
		channels, err := ari.DecodeChannels(body)
		if err == nil && (!isList || len(channels) != len(elements)) {
			t.Errorf("%d channels of %d in %q", len(channels), len(elements), body)
		}
		for i := range channels {
			if channels[i].ID == "" {
				t.Errorf("channel %d without id", i)
			}
			ari.Attempt(channels[i].AppData)
			ari.EndpointOf(channels[i].Name)
		}
		endpoints, err := ari.DecodeEndpoints(body)
		if err == nil && (!isList || len(endpoints) != len(elements)) {
			t.Errorf("%d endpoints of %d in %q", len(endpoints), len(elements), body)
		}
		for _, e := range endpoints {
			if e.Name == "" || e.State != ari.Online && e.State != ari.Offline && e.State != ari.Unknown {
				t.Errorf("endpoint %+v", e)
			}
			ari.ParseTrunk(e.Name)
		}
		if info, err := ari.DecodeInfo(body); err == nil && info.Started.IsZero() {
			t.Errorf("info without start in %q", body)
		}
		if _, err := ari.DecodeVariable(body); err == nil && isList {
			t.Errorf("a variable in the list %q", body)
		}
	})
}
