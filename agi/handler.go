package agi

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tandem/callflow"
)

// Scripts are the exchanges that the dialplan asks for; see package dialplan
// for their arguments and answers.
func Scripts() []string { return []string{scriptRoute, scriptIncoming, scriptNext} }

const (
	scriptRoute    = "route"
	scriptIncoming = "incoming"
	scriptNext     = "next"
)

// ErrDraining turns new calls away while the node goes down; the dialplan asks
// the next node.
var ErrDraining = errors.New("agi: node is going down")

// CallHandler joins the door to the plot: it reads the arguments, asks
// callflow, and answers in channel variables.
type CallHandler struct {
	Flow     *callflow.Flow
	Sounds   map[callflow.Message]string // what is played for each message; none: nothing
	Now      func() time.Time
	Draining func() bool // new calls are refused while true
}

// ServeAGI answers one exchange.
func (h *CallHandler) ServeAGI(ctx context.Context, s *Session) error {
	req := s.Request()
	if len(req.Args) == 0 {
		return fmt.Errorf("%w: script %q without arguments", ErrProtocol, req.Script)
	}
	if err := h.Flow.Speaks(req.Args[0], s.Peer().Addr()); err != nil {
		return nonsense(err)
	}
	switch req.Script {
	case scriptRoute:
		return h.seize(ctx, s, h.Flow.Outgoing)
	case scriptIncoming:
		return h.seize(ctx, s, h.Flow.Incoming)
	case scriptNext:
		return h.next(ctx, s)
	}
	return fmt.Errorf("%w: script %q", ErrProtocol, req.Script)
}

// seize answers a new call. It counts only when Asterisk has taken the answer.
func (h *CallHandler) seize(ctx context.Context, s *Session, decide func(context.Context, callflow.Seizure) (callflow.Decision, error)) error {
	if h.Draining() {
		return ErrDraining
	}
	in, err := h.seizure(s.Request())
	if err != nil {
		return err
	}
	d, err := decide(ctx, in)
	if err != nil {
		return nonsense(err)
	}
	// Counted before the answer, since the call may be over before we look again.
	h.Flow.Live.Add(in.CallID, in.At)
	vars := h.decision(d)
	if d.Language != "" {
		vars = append(vars, Var{"T_LANG", d.Language})
	}
	if err := s.Finish(ctx, vars); err != nil {
		h.Flow.Abandon(in.CallID)
		return err
	}
	h.Flow.Seized(d)
	return nil
}

// next answers what follows a failed attempt.
func (h *CallHandler) next(ctx context.Context, s *Session) error {
	hunt, err := h.hunt(s.Request())
	if err != nil {
		return err
	}
	step, err := h.Flow.Next(ctx, hunt)
	if err != nil {
		return nonsense(err)
	}
	vars := []Var{{"T_ACTION", string(callflow.Dial)}, {"T_I", strconv.Itoa(step.Next)}}
	if step.Next == 0 {
		vars = h.refusal(step.Refusal)
	}
	if err := s.Finish(ctx, vars); err != nil {
		return err
	}
	h.Flow.Tried(step)
	return nil
}

// nonsense is a question that no dialplan of ours asks: a breach of protocol.
func nonsense(err error) error {
	if errors.Is(err, callflow.ErrBadRequest) {
		return fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	return err
}

// seizure reads SERVER,ENDPOINT,SOURCE,DIALLED,CLI,HOPS.
func (h *CallHandler) seizure(req Request) (callflow.Seizure, error) {
	if len(req.Args) != 6 {
		return callflow.Seizure{}, fmt.Errorf("%w: %s with %d arguments, want 6", ErrProtocol, req.Script, len(req.Args))
	}
	hops, err := strconv.Atoi(req.Args[5])
	if err != nil {
		return callflow.Seizure{}, fmt.Errorf("%w: hops %q", ErrProtocol, req.Args[5])
	}
	return callflow.Seizure{
		CallID: req.UniqueID, Server: req.Args[0], Endpoint: req.Args[1], Source: req.Args[2],
		Dialled: req.Args[3], CLI: req.Args[4], Hops: hops, At: h.Now(),
	}, nil
}

// hunt reads SERVER,STARTED_MS,LOG,KEYS_LEFT,DIRECTION,PLACE.
func (h *CallHandler) hunt(req Request) (callflow.Hunt, error) {
	if len(req.Args) != 6 {
		return callflow.Hunt{}, fmt.Errorf("%w: next with %d arguments, want 6", ErrProtocol, len(req.Args))
	}
	started, err := strconv.ParseInt(req.Args[1], 10, 64)
	if err != nil {
		return callflow.Hunt{}, fmt.Errorf("%w: started %q", ErrProtocol, req.Args[1])
	}
	place, err := strconv.Atoi(req.Args[5])
	if err != nil {
		return callflow.Hunt{}, fmt.Errorf("%w: place %q", ErrProtocol, req.Args[5])
	}
	hunt := callflow.Hunt{
		CallID: req.UniqueID, Server: req.Args[0], StartedAt: time.UnixMilli(started), Log: req.Args[2], Place: place, At: h.Now(),
	}
	if req.Args[3] != "" {
		hunt.KeysLeft = strings.Split(req.Args[3], "/")
	}
	return hunt, nil
}

// decision is a Decision in channel variables.
func (h *CallHandler) decision(d callflow.Decision) []Var {
	switch d.Action {
	case callflow.Reject:
		return h.refusal(d.Refusal)
	case callflow.Echo:
		return []Var{{"T_ACTION", string(d.Action)}, {"T_DIR", string(d.Record.Direction)}, {"T_MAX", seconds(h.Flow.Limits.MaxTalk)}}
	case callflow.Dial, callflow.Redirect:
	}
	vars := []Var{
		{"T_ACTION", string(d.Action)},
		{"T_DIR", string(d.Record.Direction)},
		{"T_N", strconv.Itoa(len(d.Offers))},
		{"T_MAX", seconds(d.Talk(h.Flow.Limits))},
		{"T_SPENT", h.Sounds[d.Spent(h.Flow.Limits)]},
	}
	if d.Record.AccountID != 0 && d.Offers[0].Key.ProviderID != 0 { // who holds a channel: ours are rung free, a neighbour counts its own
		vars = append(vars, Var{"T_ACCOUNT", strconv.FormatInt(d.Record.AccountID, 10)})
	}
	keys := make([]string, len(d.Offers))
	for i, o := range d.Offers {
		n := strconv.Itoa(i + 1)
		keys[i] = o.Key.String()
		vars = append(vars,
			Var{"T_R" + n, o.Dial}, Var{"T_C" + n, string(o.CLI)}, Var{"T_K" + n, keys[i]},
			Var{"T_A" + n, seconds(o.Ring)}, Var{"T_P" + n, seconds(o.Silence)})
	}
	return append(vars, Var{"T_KEYS", strings.Join(keys, "/")})
}

func (h *CallHandler) refusal(r callflow.Refusal) []Var {
	return []Var{
		{"T_ACTION", string(callflow.Reject)},
		{"T_CAUSE", strconv.Itoa(int(r.Cause))},
		{"T_FILE", h.Sounds[r.Message]},
	}
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }
