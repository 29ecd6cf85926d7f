package agi

// Request is what Asterisk asks: AGI(agi://host:port/script?query,arg,arg).
//
// It carries no caller's number or name. These are the caller's own words;
// whoever calls is known by what the dialplan passes as arguments, after it
// has filtered them.
type Request struct {
	Script   string   // path without the leading slash; may be empty
	Query    string   // what follows "?", undecoded
	Args     []string // agi_arg_1 and on
	UniqueID string   // unique across servers under a systemname
	Channel  string   // as in "PJSIP/trunk-00000001"
	Context  string   // dialplan context that asks
	Version  string   // of Asterisk
}
