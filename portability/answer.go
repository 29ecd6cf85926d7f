package portability

import (
	"encoding/json"
	"errors"
	"fmt"

	"tandem/internal/e164"
)

// Errors of a service's answer. None repeats what the service wrote.
var (
	errNotObject = errors.New("answer is not a JSON object")
	errNoKey     = errors.New(`answer has none of the keys "routing_number", "lrn", "rn"`)
	errTwoValues = errors.New("answer has two routing numbers that differ")
)

// parseAnswer reads the body of an answer:
//
//	{"routing_number": "441234500001"}   ported; "lrn" and "rn" do as well
//	{"routing_number": null}             not ported
//
// Other keys are the service's own business. An object without any of ours is
// an error, not "not ported": it may well be the report of a failure.
func parseAnswer(body []byte) (routing e164.Number, found bool, err error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(body, &object); err != nil || object == nil {
		return "", false, errNotObject
	}
	known := false
	for _, key := range [...]string{"routing_number", "lrn", "rn"} {
		raw, there := object[key]
		if !there {
			continue
		}
		known = true
		if string(raw) == "null" {
			continue
		}
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return "", false, fmt.Errorf("answer's %q is neither a string nor null", key)
		}
		number, err := readRouting(text)
		switch {
		case err != nil:
			return "", false, fmt.Errorf("answer's %q: %w", key, err)
		case found && number != routing:
			return "", false, errTwoValues
		}
		routing, found = number, true
	}
	if !known {
		return "", false, errNoKey
	}
	return routing, found, nil
}
