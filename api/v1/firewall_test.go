package v1_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"tandem/api/access"
	v1 "tandem/api/v1"
)

// Networks come once, in order, none inside another, and only of enabled providers.
func TestFirewall(t *testing.T) {
	t.Parallel()
	h := seededHouse(t)
	h.exec(`DELETE FROM providers_ips`)
	h.exec(`INSERT INTO providers_ips (provider_id, ipaddress, domainname, direction, proto) VALUES
		(7, '195.94.225.2', NULL, 'IN/OUT', 'SIP'), (3, '185.45.152.128/28', NULL, 'IN', 'SIP'), (3, '185.45.152.130', NULL, 'IN', 'SIP'),
		(8, '185.45.152.130', NULL, 'IN', 'IAX2'), (8, '2001:db8::/32', NULL, 'IN', 'SIP'), (8, '2001:db8::7', NULL, 'IN', 'SIP'),
		(8, '192.0.2.1', NULL, 'OUT', 'SIP'), (8, NULL, 'sbc.example', 'IN/OUT', 'SIP'), (16, '198.51.100.1', NULL, 'IN', 'SIP'), (4, 'rubbish', NULL, 'IN', 'SIP')`)
	h.exec(`UPDATE providers SET enabled = 0 WHERE id = 16`)
	analyst := h.as(access.Analyst)
	for format, want := range map[string]string{
		"": "185.45.152.128/28\n195.94.225.2\n2001:db8::/32\n",
		"nftables": `table inet tandem {
	set providers4 {
		type ipv4_addr
		flags interval
	}
	set providers6 {
		type ipv6_addr
		flags interval
	}
}
flush set inet tandem providers4
flush set inet tandem providers6
add element inet tandem providers4 {
	185.45.152.128/28,
	195.94.225.2
}
add element inet tandem providers6 {
	2001:db8::/32
}
`,
		"iptables":  "*filter\n:TANDEM-PROVIDERS - [0:0]\n-A TANDEM-PROVIDERS -s 185.45.152.128/28 -j ACCEPT\n-A TANDEM-PROVIDERS -s 195.94.225.2/32 -j ACCEPT\nCOMMIT\n",
		"ip6tables": "*filter\n:TANDEM-PROVIDERS - [0:0]\n-A TANDEM-PROVIDERS -s 2001:db8::/32 -j ACCEPT\nCOMMIT\n",
	} {
		a := analyst.get("/firewall?format="+strings.TrimPrefix(format, " ")).want(t, http.StatusOK)
		if string(a.body) != want || !strings.HasPrefix(a.header.Get("Content-Type"), "text/plain") {
			t.Errorf("%s: %s\n%s", format, a.header.Get("Content-Type"), a.body)
		}
	}
	var list []struct {
		Network              string
		Providers, Protocols []string
	}
	analyst.get("/firewall?format=json").want(t, http.StatusOK).into(t, &list)
	if len(list) != 5 || list[1].Network != "185.45.152.130" || strings.Join(list[1].Providers, " ") != "Zadarma VoxBeam" || len(list[1].Protocols) != 2 {
		t.Errorf("%+v", list)
	}
	h.exec(`DELETE FROM providers_ips`)
	if a := analyst.get("/firewall?format=nftables").want(t, http.StatusOK); strings.Contains(string(a.body), "add element") {
		t.Errorf("no element is a syntax error: %s", a.body)
	}
}

// Asterisk takes an address for one endpoint only.
func TestAddressBelongsToOneProvider(t *testing.T) {
	t.Parallel()
	h := seededHouse(t)
	admin := h.as(access.Admin)
	in := func(provider int, address, protocol string) map[string]any {
		return map[string]any{"provider_id": provider, "address": address, "direction": "IN", "protocol": protocol}
	}
	admin.post("/addresses", in(7, "203.0.113.0/24", "SIP")).want(t, http.StatusCreated)
	admin.post("/addresses", in(7, "203.0.113.9", "SIP")).want(t, http.StatusCreated)
	admin.post("/addresses", in(3, "203.0.113.200", "SIP")).blames(t, "body.address", "WestCall")
	admin.post("/addresses", in(3, "203.0.0.0/16", "SIP")).blames(t, "body.address", "WestCall")
	admin.post("/addresses", in(3, "203.0.113.200", "IAX2")).want(t, http.StatusCreated)
	admin.post("/addresses", in(3, "0.0.0.0/0", "SIP")).blames(t, "body.address", "whole Internet")
	admin.post("/addresses", in(3, "", "SIP")).blames(t, "body.address", "names prove nothing")
	admin.post("/addresses", map[string]any{"provider_id": 3, "address": "203.0.113.0/25", "direction": "OUT"}).blames(t, "body.domain", "nothing to dial")
}

// Prices would become prices in another currency.
func TestCurrencyOfProviderWithDecksStays(t *testing.T) {
	t.Parallel()
	h := seededHouse(t)
	admin := h.as(access.Admin)
	var v map[string]any
	admin.get("/providers/7").want(t, http.StatusOK).into(t, &v)
	v["currency_id"] = 122
	admin.put("/providers/7", v, "If-Match", "*").blames(t, "body.currency_id", "decks")
	h.exec(`DELETE FROM decks WHERE provider_id = 7`)
	admin.put("/providers/7", v, "If-Match", "*").want(t, http.StatusOK)
}

func TestServerConfiguration(t *testing.T) {
	t.Parallel()
	asked := ""
	h := seededHouse(t, func(c *v1.Config) {
		c.Rendered = func(server string) (map[string]string, error) {
			if asked = server; server == "asterisk-msm" {
				return nil, errors.New("asterisk.servers.asterisk-msm: missing")
			}
			return map[string]string{"pjsip.conf": "[<b>]\n"}, nil
		}
	})
	admin := h.as(access.Admin)
	var v struct {
		Server string
		Files  map[string]string
	}
	admin.get("/servers/1/configuration").want(t, http.StatusOK).into(t, &v)
	if asked != "asterisk-macomnet" || v.Server != asked || v.Files["pjsip.conf"] != "[<b>]\n" {
		t.Errorf("asked for %s, got %+v", asked, v)
	}
	if a := admin.get("/servers/2/configuration").want(t, http.StatusConflict); !strings.Contains(string(a.body), "missing") {
		t.Errorf("%s", a.body)
	}
	admin.get("/servers/99/configuration").want(t, http.StatusNotFound)
	h.as(access.Customer).get("/servers/1/configuration").want(t, http.StatusForbidden)
}
