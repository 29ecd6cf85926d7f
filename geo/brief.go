package geo

// Brief is what lists say of a place. It is comparable.
type Brief struct {
	Country string `json:"country,omitempty" doc:"ISO 3166-1 alpha-2; 001: global services; absent: not known"`
	Region  string `json:"region,omitempty" doc:"City, area or state, in English"`
	Network string `json:"network,omitempty" doc:"Who got the range first; wrong once the number is ported"`
	Type    Type   `json:"type" enum:"unknown,fixed,mobile,fixed_or_mobile,toll_free,premium,shared_cost,voip,personal,pager,uan,voicemail"`
}

// Brief leaves out what few ask for.
func (p *Place) Brief() Brief { return Brief{p.Country, p.Region, p.Network, p.Type} }
