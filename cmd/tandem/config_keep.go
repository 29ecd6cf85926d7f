package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"tandem/archive"
)

// keepConfig says how long rows are kept; docs/keeping.md. 0: for ever. The ledger
// is always kept for ever; reasons, rollups and alarms have their times beside what
// they are about.
type keepConfig struct {
	// Records is how long calls and attempts stay in the database after the end of
	// their month.
	Records time.Duration `koanf:"records"`
	// Archive is the folder that months are moved to; empty: they are removed.
	Archive      string        `koanf:"archive"`
	Audit        time.Duration `koanf:"audit"`
	AsteriskCDRs time.Duration `koanf:"asterisk_cdrs"`
}

// Bounds of what is kept. A call that ended two months ago is settled, whatever
// happened: reports come within days, Asterisk's own records are looked through for
// as long as they are kept.
const (
	leastRecords = archive.LeastAge
	leastAudit   = 30 * 24 * time.Hour
	leastCDRs    = 7 * 24 * time.Hour
	mostKept     = 100 * 365 * 24 * time.Hour
)

func defaultKeep() keepConfig {
	return keepConfig{AsteriskCDRs: keepCDRs}
}

func (c keepConfig) validate() error {
	errs := []error{
		forEver("keep.records", c.Records, leastRecords),
		forEver("keep.audit", c.Audit, leastAudit),
		forEver("keep.asterisk_cdrs", c.AsteriskCDRs, leastCDRs),
	}
	if c.Archive != "" && !filepath.IsAbs(c.Archive) {
		errs = append(errs, fmt.Errorf("keep.archive %q: want an absolute path", c.Archive))
	}
	return errors.Join(errs...)
}

// forEver is between for a time that 0 makes endless.
func forEver(key string, v, least time.Duration) error {
	if v == 0 {
		return nil
	}
	return between(key, v, least, mostKept)
}
