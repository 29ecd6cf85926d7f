package billing

// Verification is what holding the books against each other has found.
type Verification struct {
	Calls    int64     `json:"calls"`    // that were looked at
	Postings int64     `json:"postings"` //
	Accounts int64     `json:"accounts"` // with a balance
	Holds    int64     `json:"holds"`    // open
	Findings []Finding `json:"findings"` // the first thousand
	More     int64     `json:"more"`     // findings beyond those
}

// OK says that nothing was found.
func (v *Verification) OK() bool { return len(v.Findings) == 0 }

// maxFindings bounds what is listed one by one.
const maxFindings = 1000

// Find adds a finding.
func (v *Verification) Find(f Finding) {
	if len(v.Findings) < maxFindings {
		v.Findings = append(v.Findings, f)
	} else {
		v.More++
	}
}

// Finding is one thing that is wrong in the books, and where.
type Finding struct {
	Kind      FindingKind `json:"kind"`
	AccountID int64       `json:"account_id,omitempty"`
	CallID    string      `json:"call_id,omitempty"`
	PostingID int64       `json:"posting_id,omitempty"`
	Detail    string      `json:"detail"` // for people: what is there, and what should be
}

// FindingKind is what is wrong.
type FindingKind string

// The kinds of finding.
const (
	WrongBalance  FindingKind = "balance"    // of an account: not the sum of its entries
	WrongHeld     FindingKind = "held"       // of an account: not what its holds come to
	WrongSale     FindingKind = "sale"       // of a call: not once in the ledger
	WrongCost     FindingKind = "cost"       // of a call: not once in the ledger
	AboveHold     FindingKind = "above_hold" // a call is charged more than was set aside
	NotCharged    FindingKind = "unpriced"   // a call could not be charged
	NoCall        FindingKind = "no_call"    // a posting of a call that there is not
	WrongCurrency FindingKind = "currency"   // of a posting: not that of the balance
	StaleHold     FindingKind = "stale_hold" // a hold of a call that is over
)
