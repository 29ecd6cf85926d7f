package v1

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/db"
)

// source is a network that calls come from.
type source struct {
	Network   string   `json:"network" doc:"Address or network"`
	Providers []string `json:"providers" nullable:"false"`
	Protocols []string `json:"protocols" nullable:"false"`
}

type firewallFormat struct {
	Format string `query:"format" enum:"plain,nftables,iptables,ip6tables,json" default:"plain"`
}

type firewallFile struct {
	ContentType string `header:"Content-Type"`
	Body        any
}

func firewall(d *door) {
	answers := files("text/plain", "application/json")
	answers["200"].Content["application/json"].Schema = d.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[[]source](), true, "FirewallSources")
	handle(d, look(access.Routing), huma.Operation{
		OperationID: "get-firewall", Method: http.MethodGet, Path: "/firewall", Tags: []string{"Providers"},
		Summary:     "Addresses and networks from which enabled providers send calls",
		Description: "plain: one a line. nftables: a table with two sets, for nft -f. iptables, ip6tables: a chain TANDEM-PROVIDERS, for iptables-restore --noflush and ip6tables-restore --noflush.",
		Responses:   answers,
	}, func(ctx context.Context, in *firewallFormat) (*firewallFile, error) {
		sources, err := d.DB.Sources(ctx)
		if err != nil {
			return nil, err
		}
		out := &firewallFile{ContentType: "text/plain; charset=utf-8"}
		v4, v6 := networksOf(sources)
		switch in.Format {
		case "json":
			out.ContentType, out.Body = "application/json", sourcesOf(sources)
		case "nftables":
			out.Body = []byte(nftables(v4, v6))
		case "iptables":
			out.Body = []byte(iptables(v4))
		case "ip6tables":
			out.Body = []byte(iptables(v6))
		default:
			out.Body = []byte(plainLines(slices.Concat(v4, v6)))
		}
		return out, nil
	})
}

// networksOf are the networks in order, each once and none inside another.
func networksOf(sources []db.Source) (v4, v6 []netip.Prefix) {
	var all []netip.Prefix
	for _, s := range sources {
		all = append(all, s.Network)
	}
	slices.SortFunc(all, compareNetworks)
	var last netip.Prefix
	for _, n := range all {
		if last.IsValid() && last.Overlaps(n) {
			continue // in order, what overlaps comes after what holds it
		}
		last = n
		if n.Addr().Is4() {
			v4 = append(v4, n)
		} else {
			v6 = append(v6, n)
		}
	}
	return v4, v6
}

// compareNetworks puts a network before those inside it.
func compareNetworks(a, b netip.Prefix) int {
	return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
}

// sourcesOf are the same networks with whose they are, those inside others too.
func sourcesOf(sources []db.Source) []source {
	list := []source{}
	slices.SortStableFunc(sources, func(a, b db.Source) int { return compareNetworks(a.Network, b.Network) })
	for _, s := range sources {
		text := bare(s.Network)
		if len(list) == 0 || list[len(list)-1].Network != text {
			list = append(list, source{Network: text})
		}
		last := &list[len(list)-1]
		last.Providers = addOnce(last.Providers, s.Provider)
		last.Protocols = addOnce(last.Protocols, s.Protocol)
	}
	return list
}

func addOnce(list []string, v string) []string {
	if slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}

// bare is an address without /32 or /128.
func bare(n netip.Prefix) string {
	if n.IsSingleIP() {
		return n.Addr().String()
	}
	return n.String()
}

func plainLines(list []netip.Prefix) string {
	var b strings.Builder
	for _, n := range list {
		b.WriteString(bare(n) + "\n")
	}
	return b.String()
}

// nftables replaces the sets, whatever was in them. Rules name them as
// @providers4 and @providers6 within the table tandem.
func nftables(v4, v6 []netip.Prefix) string {
	var b strings.Builder
	b.WriteString("table inet tandem {\n")
	b.WriteString("\tset providers4 {\n\t\ttype ipv4_addr\n\t\tflags interval\n\t}\n")
	b.WriteString("\tset providers6 {\n\t\ttype ipv6_addr\n\t\tflags interval\n\t}\n}\n")
	b.WriteString("flush set inet tandem providers4\nflush set inet tandem providers6\n")
	for _, set := range []struct {
		name string
		list []netip.Prefix
	}{{"providers4", v4}, {"providers6", v6}} {
		if len(set.list) > 0 {
			fmt.Fprintf(&b, "add element inet tandem %s {\n\t%s\n}\n", set.name, strings.Join(texts(set.list), ",\n\t"))
		}
	}
	return b.String()
}

// iptables fills a chain of its own; jump to it from INPUT.
func iptables(list []netip.Prefix) string {
	var b strings.Builder
	b.WriteString("*filter\n:TANDEM-PROVIDERS - [0:0]\n")
	for _, n := range list {
		b.WriteString("-A TANDEM-PROVIDERS -s " + n.String() + " -j ACCEPT\n")
	}
	b.WriteString("COMMIT\n")
	return b.String()
}

func texts(list []netip.Prefix) []string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = bare(n)
	}
	return out
}
