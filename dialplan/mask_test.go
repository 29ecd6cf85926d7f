package dialplan

import (
	"bytes"
	"strings"
	"testing"
)

// The configuration that people are shown has the lines of the real one, and none of
// its secrets.
func TestMasked(t *testing.T) {
	s := sample()
	var secrets []string
	for _, u := range []User{s.ARI, s.AMI, s.IAX} {
		secrets = append(secrets, u.Secret)
	}
	for _, g := range s.Gates {
		secrets = append(secrets, g.Password)
	}
	for _, v := range s.Subscribers {
		secrets = append(secrets, v.Secret)
	}
	for _, n := range s.Neighbours {
		secrets = append(secrets, n.Secret)
	}
	genuine, err := Render(s)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := Render(s.Masked())
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for i, file := range shown {
		if file.Name != genuine[i].Name || bytes.Count(file.Body, []byte("\n")) != bytes.Count(genuine[i].Body, []byte("\n")) {
			t.Errorf("%s: other lines than %s", file.Name, genuine[i].Name)
		}
		for _, secret := range secrets {
			if secret != "" && bytes.Contains(genuine[i].Body, []byte(secret)) {
				found++
				if strings.Contains(string(file.Body), secret) {
					t.Errorf("%s shows %q", file.Name, secret)
				}
			}
		}
	}
	if found < 6 {
		t.Errorf("only %d secrets are in the real files: the test proves little", found)
	}
	if again, err := Render(s); err != nil || !bytes.Equal(again[0].Body, genuine[0].Body) {
		t.Error("masking changed the server itself")
	}
}
