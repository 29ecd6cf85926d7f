package agi

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

const (
	maxEnvKey   = 32   // bytes; the longest known key has 18
	maxEnvValue = 4096 // bytes; Asterisk substitutes no longer value
	maxEnvLine  = maxEnvKey + len(": ") + maxEnvValue
	maxArgs     = 127 // res_agi's argument table has 128 places
	maxUniqueID = 149 // AST_MAX_UNIQUEID less the end mark
	maxScript   = 64
)

// The keys in the order of Asterisk's setup_env and launch_netscript
// (res/res_agi.c, unchanged from 1.8 to 22). Arguments follow the last one.
const (
	keyNetwork = iota
	keyNetworkScript
	keyRequest
	keyChannel
	keyLanguage
	keyType
	keyUniqueID
	keyVersion
	keyCallerID
	keyCallerIDName
	keyCallingPres
	keyCallingANI2
	keyCallingTON
	keyCallingTNS
	keyDNID
	keyRDNIS
	keyContext
	keyExtension
	keyPriority
	keyEnhanced
	keyAccountCode
	keyThreadID
	keyCount
)

// keyName is the key's name without "agi_".
func keyName(key int) string {
	switch key {
	case keyNetwork:
		return "network"
	case keyNetworkScript:
		return "network_script"
	case keyRequest:
		return "request"
	case keyChannel:
		return "channel"
	case keyLanguage:
		return "language"
	case keyType:
		return "type"
	case keyUniqueID:
		return "uniqueid"
	case keyVersion:
		return "version"
	case keyCallerID:
		return "callerid"
	case keyCallerIDName:
		return "calleridname"
	case keyCallingPres:
		return "callingpres"
	case keyCallingANI2:
		return "callingani2"
	case keyCallingTON:
		return "callington"
	case keyCallingTNS:
		return "callingtns"
	case keyDNID:
		return "dnid"
	case keyRDNIS:
		return "rdnis"
	case keyContext:
		return "context"
	case keyExtension:
		return "extension"
	case keyPriority:
		return "priority"
	case keyEnhanced:
		return "enhanced"
	case keyAccountCode:
		return "accountcode"
	case keyThreadID:
		return "threadid"
	default:
		return "arg_1"
	}
}

// span is a value's place in the environment.
type span struct{ from, to int }

// environment is a strict reader of the lines Asterisk sends first. It takes
// them as they come, so that a peer that is not Asterisk is found out by its
// first line.
type environment struct {
	pos    int // bytes already read
	next   int // the first key that may still come
	values [keyCount]span
	args   []span
}

func (e *environment) reset() {
	*e = environment{args: e.args[:0]}
}

// feed reads the whole lines in text beyond those it has read. It reports true
// once it met the blank line at the end; e.pos is then the byte after it.
func (e *environment) feed(text []byte) (bool, error) {
	for {
		length := bytes.IndexByte(text[e.pos:], '\n')
		if length < 0 {
			return false, e.checkPartial(text[e.pos:])
		}
		line, from := text[e.pos:e.pos+length], e.pos
		e.pos += length + 1
		if length == 0 {
			return true, e.checkComplete()
		}
		if err := e.line(line, from); err != nil {
			return false, err
		}
	}
}

func (e *environment) line(line []byte, from int) error {
	key, value, ok := bytes.Cut(line, []byte(": "))
	name, hasPrefix := bytes.CutPrefix(key, []byte("agi_"))
	if !ok || !hasPrefix || len(key) > maxEnvKey || !only(key, isKey) {
		return fmt.Errorf("%w: environment line %s", ErrProtocol, quoted(line))
	}
	if err := checkValue(key, value); err != nil {
		return err
	}
	at := span{from + len(key) + len(": "), from + len(line)}
	if number, isArg := bytes.CutPrefix(name, []byte("arg_")); isArg {
		return e.arg(number, at)
	}
	return e.value(name, at)
}

// value takes one of the known keys, each at most once and in their order.
// Only the script may be left out: agi://host without a path has none.
func (e *environment) value(name []byte, at span) error {
	if e.next == keyNetworkScript && string(name) == keyName(keyRequest) {
		e.next = keyRequest
	}
	if e.next == keyCount || string(name) != keyName(e.next) {
		return fmt.Errorf("%w: environment has agi_%s in the place of agi_%s", ErrProtocol, name, keyName(e.next))
	}
	e.values[e.next] = at
	e.next++
	return nil
}

// arg takes agi_arg_1, agi_arg_2 and so on, after all the other keys.
func (e *environment) arg(number []byte, at span) error {
	switch {
	case e.next != keyCount:
		return fmt.Errorf("%w: environment has agi_arg_%s before agi_%s", ErrProtocol, number, keyName(e.next))
	case len(e.args) == maxArgs:
		return fmt.Errorf("%w: environment has more than %d arguments", ErrProtocol, maxArgs)
	case string(number) != strconv.Itoa(len(e.args)+1):
		return fmt.Errorf("%w: environment has agi_arg_%s in the place of agi_arg_%d", ErrProtocol, number, len(e.args)+1)
	}
	e.args = append(e.args, at)
	return nil
}

func (e *environment) checkPartial(line []byte) error {
	if len(line) > maxEnvLine {
		return fmt.Errorf("%w: environment line longer than %d bytes", ErrProtocol, maxEnvLine)
	}
	return nil
}

func (e *environment) checkComplete() error {
	if e.next != keyCount {
		return fmt.Errorf("%w: environment ends before agi_%s", ErrProtocol, keyName(e.next))
	}
	return nil
}

func checkValue(key, value []byte) error {
	if len(value) > maxEnvValue {
		return fmt.Errorf("%w: environment value of %s is longer than %d bytes", ErrProtocol, key, maxEnvValue)
	}
	for _, c := range value {
		if isControl(c) {
			return fmt.Errorf("%w: environment value of %s holds control byte %#02x", ErrProtocol, key, c)
		}
	}
	return nil
}

// request reads the fields out of a complete environment. All of them share
// one copy of its text.
func (e *environment) request(text []byte) (Request, error) {
	whole := string(text[:e.pos])
	value := func(key int) string { return whole[e.values[key].from:e.values[key].to] }

	script, query, _ := strings.Cut(value(keyNetworkScript), "?")
	req := Request{
		Script:   script,
		Query:    query,
		Args:     make([]string, len(e.args)),
		UniqueID: value(keyUniqueID),
		Channel:  value(keyChannel),
		Context:  value(keyContext),
		Version:  value(keyVersion),
	}
	for i, at := range e.args {
		req.Args[i] = whole[at.from:at.to]
	}
	switch {
	case value(keyNetwork) != "yes":
		return Request{}, fmt.Errorf("%w: agi_network is %s", ErrProtocol, quoted(value(keyNetwork)))
	case len(script) > maxScript || !only(script, isPath):
		return Request{}, fmt.Errorf("%w: agi_network_script is %s", ErrProtocol, quoted(script))
	case req.UniqueID == "" || len(req.UniqueID) > maxUniqueID || !only(req.UniqueID, isID):
		return Request{}, fmt.Errorf("%w: agi_uniqueid is %s", ErrProtocol, quoted(req.UniqueID))
	case req.Channel == "":
		return Request{}, fmt.Errorf("%w: agi_channel is empty", ErrProtocol)
	}
	return req, nil
}
