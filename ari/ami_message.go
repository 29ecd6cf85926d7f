package ari

import (
	"bufio"
	"crypto/md5" //nolint:gosec // G501: what AMI's challenge is made of
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Bounds of what AMI may say: longer lines are passed over, longer messages end
// the connection. Asterisk itself takes lines of up to 1,024 bytes.
const (
	amiMaxLine    = 8 << 10
	amiMaxMessage = 64 << 10
	amiMaxText    = 900
)

// amiField is one line of a request.
type amiField struct{ key, value string }

// amiAction is one request.
type amiAction struct {
	name   string
	fields []amiField
}

// check refuses what would make other lines, or another request, of it. Without
// a channel a variable is everybody's.
func (r amiAction) check() error {
	for _, f := range r.fields {
		if f.key == "Channel" && f.value == "" {
			return ErrNoChannel
		}
		if err := checkText(f.value); err != nil {
			return fmt.Errorf("%s %s: %w", r.name, f.key, err)
		}
	}
	return nil
}

// checkText refuses what a line of AMI cannot hold.
func checkText(text string) error {
	switch {
	case len(text) > amiMaxText:
		return fmt.Errorf("%w: %d bytes, AMI takes %d", ErrText, len(text), amiMaxText)
	case strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return fmt.Errorf("%w: %s holds a line end or another control character", ErrText, quoted(text))
	}
	return nil
}

// append writes the request as it goes over the wire.
func (r amiAction) append(b []byte, id string) []byte {
	b = appendLine(b, "Action", r.name)
	b = appendLine(b, "ActionID", id)
	for _, f := range r.fields {
		b = appendLine(b, f.key, f.value)
	}
	return append(b, "\r\n"...)
}

func appendLine(b []byte, key, value string) []byte {
	b = append(b, key...)
	b = append(b, ": "...)
	b = append(b, value...)
	return append(b, "\r\n"...)
}

// amiMessage is an answer, or an event: what we read of it. Of a line that comes
// twice the first counts; the ActionID stands before anything that a call has
// written.
type amiMessage struct {
	response, id, message, value, challenge string
}

func (m *amiMessage) good() bool { return m.response == "Success" }

// set keeps a line that is one of ours.
func (m *amiMessage) set(line string) {
	key, value, ok := strings.Cut(line, ":")
	if !ok {
		return
	}
	var field *string
	switch key {
	case "Response":
		field = &m.response
	case "ActionID":
		field = &m.id
	case "Message":
		field = &m.message
	case "Value":
		field = &m.value
	case "Challenge":
		field = &m.challenge
	default:
		return
	}
	if *field == "" {
		*field = strings.TrimPrefix(value, " ")
	}
}

// amiReader reads messages with bounded memory, whatever comes.
type amiReader struct{ b *bufio.Reader }

func newAMIReader(r io.Reader) *amiReader { return &amiReader{bufio.NewReaderSize(r, amiMaxLine)} }

// line reads one line of at most amiMaxLine bytes.
func (r *amiReader) line() (string, error) {
	text, _, err := r.next()
	return text, err
}

// next reads a line without its end, and says how long it was. Of a line that is
// too long nothing is returned.
func (r *amiReader) next() (text string, size int, err error) {
	for {
		part, err := r.b.ReadSlice('\n')
		size += len(part)
		switch {
		case errors.Is(err, bufio.ErrBufferFull) && size < amiMaxMessage:
			continue
		case errors.Is(err, bufio.ErrBufferFull):
			return "", size, fmt.Errorf("%w: a line of over %d bytes", ErrTooLong, amiMaxMessage)
		case errors.Is(err, io.EOF) && size > 0:
			return "", size, fmt.Errorf("%w: it ends after %d bytes", ErrAnswer, size)
		case err != nil:
			return "", size, err
		case size > len(part): // its beginning is gone
			return "", size, nil
		}
		return strings.TrimRight(string(part), "\r\n"), size, nil
	}
}

// message reads one message: lines up to an empty one.
func (r *amiReader) message() (amiMessage, error) {
	var m amiMessage
	for size := 0; ; {
		line, n, err := r.next()
		if err != nil {
			return amiMessage{}, err
		}
		size += n
		switch {
		case size > amiMaxMessage:
			return amiMessage{}, fmt.Errorf("%w: a message of over %d bytes", ErrTooLong, amiMaxMessage)
		case n > 2 || line != "":
			m.set(line)
		case size > n: // else an empty line too many
			return m, nil
		default:
			size = 0
		}
	}
}

// amiKey answers a challenge.
func amiKey(challenge, secret string) string {
	sum := md5.Sum([]byte(challenge + secret)) //nolint:gosec // G401: AMI knows no other
	return hex.EncodeToString(sum[:])
}
