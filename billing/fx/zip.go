package fx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"path"
	"strings"
)

// packed tells a zip archive by its first bytes.
func packed(data []byte) bool { return bytes.HasPrefix(data, []byte("PK")) }

// unpack returns the one table in an archive.
func unpack(data []byte, most int64) (name string, text []byte, err error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return "", nil, fmt.Errorf("%w: the archive cannot be read: %w", ErrForm, err)
	}
	var found *zip.File
	for _, f := range archive.File {
		if !strings.EqualFold(path.Ext(f.Name), ".csv") {
			continue
		}
		if found != nil {
			return "", nil, fmt.Errorf("%w: the archive has %q and %q; unpack it and name one", ErrForm, cut(found.Name), cut(f.Name))
		}
		found = f
	}
	if found == nil {
		return "", nil, fmt.Errorf("%w: the archive has no .csv in it", ErrForm)
	}
	file, err := found.Open()
	if err != nil {
		return "", nil, fmt.Errorf("%w: %q in the archive: %w", ErrForm, cut(found.Name), err)
	}
	defer file.Close()
	if text, err = limited(file, most); err != nil {
		return "", nil, fmt.Errorf("%q in the archive: %w", cut(found.Name), err)
	}
	return path.Base(found.Name), text, nil
}
