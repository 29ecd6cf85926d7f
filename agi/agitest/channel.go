package agitest

import (
	"cmp"
	"fmt"
	"strings"
)

// Channel is the part of an Asterisk channel that the environment shows. What
// is empty gets the value an ordinary call has.
type Channel struct {
	Name         string // PJSIP/a-00000001
	UniqueID     string
	CallerID     string
	CallerIDName string
	DNID         string
	Context      string
	Extension    string
	Version      string
}

// Environment is what Asterisk writes for AGI(agi://addr/script,args…): one
// element for each of its writes, newline included, the empty line last.
// Nothing is escaped; Asterisk does not either.
func (c Channel) Environment(addr, script string, args ...string) []string {
	env := make([]string, 0, 24+len(args))
	add := func(key, value string) { env = append(env, "agi_"+key+": "+value+"\n") }
	add("network", "yes")
	if script != "" {
		add("network_script", script)
	}
	add("request", "agi://"+addr+"/"+script)
	name := cmp.Or(c.Name, "PJSIP/agitest-00000001")
	tech, _, _ := strings.Cut(name, "/")
	add("channel", name)
	add("language", "en")
	add("type", tech)
	add("uniqueid", cmp.Or(c.UniqueID, "agitest-1700000000.1"))
	add("version", cmp.Or(c.Version, "22.10.1"))
	add("callerid", cmp.Or(c.CallerID, "unknown"))
	add("calleridname", cmp.Or(c.CallerIDName, "unknown"))
	add("callingpres", "0")
	add("callingani2", "0")
	add("callington", "0")
	add("callingtns", "0")
	add("dnid", cmp.Or(c.DNID, "unknown"))
	add("rdnis", "unknown")
	add("context", cmp.Or(c.Context, "make_a_call"))
	add("extension", cmp.Or(c.Extension, "s"))
	add("priority", "1")
	add("enhanced", "0.0")
	add("accountcode", "")
	add("threadid", "139872346953280")
	for i, arg := range args {
		add(fmt.Sprintf("arg_%d", i+1), arg)
	}
	return append(env, "\n")
}
