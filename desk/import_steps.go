package desk

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/billing/deck"
)

// Upload takes in a rate sheet for an owner, and has it read.
func (j *Jobs) Upload(ctx context.Context, c OwnerChoice, name string, file io.Reader) (int64, error) {
	world, err := ReadWorld(ctx, j.desk.DB, time.Time{})
	if err != nil {
		return 0, err
	}
	owner, err := world.Owner(c)
	if err != nil {
		return 0, err
	}
	settings, err := json.Marshal(DefaultImport())
	if err != nil {
		return 0, err
	}
	id, err := j.desk.DB.Upload(ctx, owner, Printable(name), settings, file)
	j.Wake()
	return id, err
}

// Correct has a sheet read once more, in another way.
func (j *Jobs) Correct(ctx context.Context, id int64, s ImportSettings, columns deck.Mapping) error {
	if len(columns) > 0 {
		if s.Map != "" {
			return wrong("--settings.map", "", "leave it away where columns are given")
		}
		text, err := mappingText(columns)
		if err != nil {
			return err
		}
		s.Map = text
	}
	if s.Preview == (PreviewOptions{}) {
		s.Preview = DefaultPreview()
	}
	if err := s.check(); err != nil {
		return err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	err = j.desk.DB.SetImport(ctx, id, text)
	j.Wake()
	return err
}

// check tells what is wrong with settings before the sheet is read by them.
func (s *ImportSettings) check() error {
	if err := s.Preview.Validate(); err != nil {
		return err
	}
	zone := time.UTC
	if s.TimeZone != "" {
		var err error
		if zone, err = LoadZone(s.TimeZone); err != nil {
			return err
		}
	}
	if _, err := ParseMoment("--effective", s.Effective, zone); err != nil {
		return err
	}
	_, err := s.options(strings.ToUpper(s.Currency), zone, 0)
	return err
}

// mappingText is a mapping as people write it.
func mappingText(columns deck.Mapping) (string, error) {
	parts := make([]string, 0, len(columns))
	for i, c := range columns {
		if !slices.Contains(deck.Fields(), c.Field) {
			return "", wrong("--columns["+strconv.Itoa(i)+"].field", "", "want one of the fields of the sheet")
		}
		parts = append(parts, string(c.Field)+"="+c.Column)
	}
	return strings.Join(parts, ","), nil
}

// Keep has a draft made of a sheet that was read; comment, if any, is kept with
// the deck.
func (j *Jobs) Keep(ctx context.Context, id int64, comment *string) error {
	record, err := j.desk.DB.DeckImport(ctx, id)
	if err != nil {
		return err
	}
	var s ImportSettings
	if err := json.Unmarshal(record.Settings, &s); err != nil {
		return err
	}
	if comment != nil {
		s.Comment = *comment
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	err = j.desk.DB.KeepImport(ctx, id, text)
	j.Wake()
	return err
}
