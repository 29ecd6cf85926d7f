package main

import (
	"context"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"tandem/api"
	"tandem/billing"
	"tandem/db"
)

// Old figures that cannot be deleted do not keep new ones from being counted; that
// it went wrong is in the metrics.
func TestQualityIsCountedWhateverIsForgotten(t *testing.T) {
	t.Parallel()
	path := migratedOffice(t)
	c, err := loadConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	withDatabase(t, path, func(ctx context.Context, database *db.DB) error {
		n := &node{config: c, log: zerolog.Nop(), db: database, registry: prometheus.NewRegistry()}
		n.quality = api.NewQualityMetrics(n.registry)
		began := time.Now().Add(-2 * time.Hour).UTC()
		bid := billing.Attempt{CallID: "c1", N: 1, Key: "7.c.a1", ProviderID: 7, Tier: "cli", StartedAt: began, Result: billing.Busy}
		if err := database.WriteRecords(ctx, []billing.Record{{Attempt: &bid}}); err != nil {
			return err
		}
		for _, query := range []string{
			`UPDATE quality_dirty SET at = '2000-01-01'`,
			`CREATE TRIGGER stays BEFORE INSERT ON jobs FOR EACH ROW IF NEW.name = 'quality 5m' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the disk is full'; END IF`,
		} {
			if _, err := prompt(t, c).ExecContext(ctx, query); err != nil {
				return err
			}
		}
		if n.forgetQuality(ctx) {
			t.Error("forgot, although nothing could be deleted")
		}
		if bids := countedBids(t, database); bids != 0 {
			t.Errorf("%d bids before anything is counted", bids)
		}
		n.countQuality(ctx)
		if bids := countedBids(t, database); bids != 1 {
			t.Errorf("%d bids, want 1", bids)
		}
		if failures, lag := metricOf(t, n.registry, "tandem_quality_errors_total"), metricOf(t, n.registry, "tandem_quality_lag_seconds"); failures != 1 || lag < 0 || lag > 60 {
			t.Errorf("%v errors, %v s behind", failures, lag)
		}
		return nil
	})
}

func countedBids(t *testing.T, database *db.DB) (n int64) {
	t.Helper()
	now := time.Now()
	report, err := database.QualityReport(t.Context(), db.QualityQuery{From: now.Add(-24 * time.Hour), To: now})
	if err != nil {
		t.Fatal(err)
	}
	for i := range report.Rows {
		n += report.Rows[i].Measures.Bids
	}
	return n
}

// metricOf is the value of a metric without labels.
func metricOf(t *testing.T, r *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			m := f.GetMetric()[0]
			return m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	t.Fatalf("there is no %s", name)
	return 0
}
