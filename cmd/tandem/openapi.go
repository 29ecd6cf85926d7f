package main

import (
	"bytes"
	"encoding/json"

	"github.com/rs/zerolog"

	v1 "tandem/api/v1"
)

type openAPICmd struct{}

// Run prints the OpenAPI document of the HTTP API. It needs no database.
func (openAPICmd) Run(e *env) error {
	_, described := v1.New(v1.Config{Version: version, Log: zerolog.Nop()})
	text, err := described.OpenAPI()
	if err != nil {
		return err
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, text, "", "  "); err != nil {
		return err
	}
	pretty.WriteByte('\n')
	_, err = pretty.WriteTo(e.out)
	return err
}
