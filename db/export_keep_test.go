package db

// CallMonth is the month of a call id as look-ups name it.
func CallMonth(callID string) int { return callMonth(callID) }
