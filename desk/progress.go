package desk

// Progress hears how far long work has come; total 0: not known. nil hears
// nothing.
type Progress func(done, total int64)

func (p Progress) tell(done, total int64) {
	if p != nil {
		p(done, total)
	}
}
