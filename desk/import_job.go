package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"

	"tandem/billing/deck"
	"tandem/db"
)

// nextImport reads or keeps a sheet, if one waits.
func (j *Jobs) nextImport(ctx context.Context) (worked bool, err error) {
	store := j.desk.DB
	w, ok, err := store.TakeImport(ctx)
	if err != nil || !ok {
		return false, err
	}
	run := begin(ctx, w, store.TellImport, j.importNews)
	j.importNews(ctx, w.ID)
	return run.over(ctx, j.doImport(run), store.ReleaseImport, func(problem string) error {
		if problem == "" {
			return nil // what came of it is written
		}
		return store.EndImport(ctx, w, db.ImportFailed, nil, nil, problem)
	})
}

// importNews tells listeners how an import stands. What cannot be read they ask
// for themselves.
func (j *Jobs) importNews(ctx context.Context, id int64) {
	list, err := j.desk.DB.DeckImports(ctx, id+1, 1)
	if err != nil || len(list) == 0 || list[0].ID != id {
		return
	}
	if v, err := ViewImport(list[0]); err == nil {
		j.told("import:"+strconv.FormatInt(id, 10), v)
	}
}

// doImport returns what is wrong with the import.
func (j *Jobs) doImport(w *worker) error {
	record, err := j.desk.DB.DeckImport(w.ctx, w.ID)
	if err != nil {
		return err
	}
	var settings ImportSettings
	if err := json.Unmarshal(record.Settings, &settings); err != nil {
		return err
	}
	file, err := j.file(w.ctx, w.ID)
	if err != nil {
		return err
	}
	defer file.Close()
	i, err := j.desk.NewImport(w.ctx, ImportOptions{
		Owner: OwnerChoice{ProviderID: record.Owner.ProviderID, TariffID: record.Owner.TariffID, Tier: tierText(record.Owner)},
		Sheet: settings.SheetOptions, Preview: settings.Preview, Effective: settings.Effective, Partial: settings.Partial,
		Comment: settings.Comment, SampleRows: sampleRows,
	})
	if err != nil {
		return err
	}
	err = i.Read(w.ctx, record.File, file, record.Bytes, w.progress)
	if record.State == db.ImportKeeping {
		if err == nil {
			err = j.keep(w, i, record)
		}
		return err
	}
	return j.compare(w, i, err)
}

func tierText(o db.DeckOwner) string {
	if o.TariffID != 0 {
		return ""
	}
	return o.Tier.String()
}

// compare ends reading: with the sheet's faults, or with what it would change.
func (j *Jobs) compare(w *worker, i *Import, err error) error {
	faults, faulty := errors.AsType[*deck.SheetError](err)
	if err != nil && !faulty {
		return err
	}
	result, err := json.Marshal(i.result(faults))
	if err != nil {
		return err
	}
	if faulty {
		return j.desk.DB.EndImport(w.ctx, w.Work, db.ImportFailed, result, nil, fmt.Sprintf("errors in the sheet: %d", faults.Total))
	}
	v, err := i.Preview(w.ctx, w.progress)
	if err != nil {
		return err
	}
	preview, err := json.Marshal(v.Shown())
	if err != nil {
		return err
	}
	return j.desk.DB.EndImport(w.ctx, w.Work, db.ImportReady, result, preview, "")
}

// keep makes a draft. What was looked at must still be what it would change.
func (j *Jobs) keep(w *worker, i *Import, record db.DeckImport) error {
	var seen DeckPreview
	if err := json.Unmarshal(record.Preview, &seen); err != nil {
		return err
	}
	if base := seen.Base; (base == nil) != (i.Base.ID == 0) || base != nil && (base.ID != i.Base.ID || base.Revision != i.Base.Revision) {
		return fmt.Errorf("meanwhile deck %d of %s has come in force: %w", i.Base.ID, OwnerName(i.Owner), ErrMeanwhile)
	}
	_, err := i.Keep(w.ctx, w.Work, w.progress)
	return err
}

// file is the sheet as a file that is gone when it is closed.
func (j *Jobs) file(ctx context.Context, id int64) (*os.File, error) {
	file, err := os.CreateTemp("", "tandem-import-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if err := j.desk.DB.ImportFile(ctx, id, file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}
