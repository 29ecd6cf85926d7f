package deck

import (
	"archive/zip"
	"context"
	"io"
)

func readWorkbook(ctx context.Context, r io.ReaderAt, size int64, o Options, s *Sheet, f *faults) error {
	_, err := zip.NewReader(r, size)
	return err
}
