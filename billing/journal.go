package billing

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// journal is an append-only file of records, one a line: eight hex digits of
// CRC-32C over the JSON, a space, the JSON. A line counts once its newline is on
// disk; a torn last line was never acknowledged and is cut off at the next open.
type journal struct {
	path string
	file *os.File
	size int64 // bytes of whole lines
	head int64 // bytes already replayed
	left int   // records between head and size
}

const (
	journalName  = "records.ndjson"
	rejectedName = "rejected.ndjson"
	tornName     = "torn.ndjson"
)

// openJournal opens or makes the file and counts what is to be replayed.
func openJournal(dir string) (*journal, int, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, 0, fmt.Errorf("spool directory: %w", err)
	}
	j := &journal{path: filepath.Join(dir, journalName)}
	file, err := os.OpenFile(j.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, 0, fmt.Errorf("spool: %w", err)
	}
	j.file = file
	torn, err := j.recover(dir)
	if err == nil {
		// The directory entry must survive a power cut as well as the lines do.
		err = syncDir(dir)
	}
	if err != nil {
		return nil, 0, errors.Join(fmt.Errorf("spool %s: %w", j.path, err), file.Close())
	}
	return j, torn, nil
}

// recover counts whole lines and moves a torn tail aside; it returns the bytes
// that were torn.
func (j *journal) recover(dir string) (int, error) {
	reader := bufio.NewReader(j.file)
	for {
		line, err := reader.ReadBytes('\n')
		switch {
		case errors.Is(err, io.EOF) && len(line) == 0:
			return 0, nil
		case errors.Is(err, io.EOF):
			if err := appendFile(filepath.Join(dir, tornName), append(line, '\n')); err != nil {
				return 0, err
			}
			return len(line), j.file.Truncate(j.size)
		case err != nil:
			return 0, err
		}
		j.size += int64(len(line))
		j.left++
	}
}

// append writes records and returns when they are on disk. After a failure the
// file is cut back to the last whole line.
func (j *journal) append(records []Record) error {
	var buffer []byte
	for _, r := range records {
		line, err := encodeLine(r)
		if err != nil {
			return err
		}
		buffer = append(buffer, line...)
	}
	_, err := j.file.WriteAt(buffer, j.size)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("spool %s: %w", j.path, err), j.file.Truncate(j.size))
	}
	j.size += int64(len(buffer))
	j.left += len(records)
	return nil
}

// badLine is a line whose checksum or JSON does not hold.
type badLine struct {
	text string
	err  error
}

// peek reads up to limit records from the head without moving it, and returns
// how many bytes they take.
func (j *journal) peek(limit int) (records []Record, bad []badLine, length int64, err error) {
	reader := bufio.NewReader(io.NewSectionReader(j.file, j.head, j.size-j.head))
	for len(records)+len(bad) < limit {
		line, err := reader.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, 0, fmt.Errorf("spool %s: %w", j.path, err)
		}
		length += int64(len(line))
		r, err := decodeLine(line)
		if err != nil {
			bad = append(bad, badLine{string(line), err})
			continue
		}
		records = append(records, r)
	}
	return records, bad, length, nil
}

// advance moves the head past replayed records; an empty journal starts over.
func (j *journal) advance(records int, length int64) error {
	j.head += length
	j.left -= records
	if j.head < j.size {
		return nil
	}
	if err := j.file.Truncate(0); err != nil {
		return fmt.Errorf("spool %s: %w", j.path, err)
	}
	j.head, j.size, j.left = 0, 0, 0
	return nil
}

func (j *journal) close() error { return j.file.Close() }

func encodeLine(r Record) ([]byte, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("record of call %q: %w", r.CallID(), err)
	}
	return fmt.Appendf(nil, "%08x %s\n", checksum(text), text), nil
}

func decodeLine(line []byte) (Record, error) {
	var r Record
	if len(line) < 10 || line[8] != ' ' {
		return r, errors.New("no checksum")
	}
	text := line[9 : len(line)-1]
	if fmt.Sprintf("%08x", checksum(text)) != string(line[:8]) {
		return r, errors.New("checksum does not match")
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return r, err
	}
	if r.CallID() == "" {
		return r, errors.New("no call_id")
	}
	return r, nil
}

func checksum(text []byte) uint32 {
	return crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli))
}

func appendFile(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
