// Package e164 turns what people dial into E.164 numbers.
//
//	"8 (495) 777-77-77" --Clean--> "84957777777" --DialRules.Normalise--> Number "74957777777"
package e164
