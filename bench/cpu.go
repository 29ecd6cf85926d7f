package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"
)

// userHZ is the unit of the times in /proc/PID/stat: hundredths of a second, on
// every architecture Go runs on under Linux.
const userHZ = 100

// idleLimit bounds the wait for a server that never falls idle.
const idleLimit = 15 * time.Second

var errStat = errors.New("not a line of /proc/PID/stat")

// cpuTime is the user and system time of a process and all its threads, ended
// ones included.
func cpuTime(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, fmt.Errorf("CPU time: %w", err)
	}
	return parseStat(text)
}

// parseStat reads utime and stime, fields 14 and 15 of proc_pid_stat(5). Field 2,
// the program's name in brackets, may hold blanks and brackets itself.
func parseStat(text []byte) (time.Duration, error) {
	end := bytes.LastIndexByte(text, ')')
	if end < 0 {
		return 0, errStat
	}
	fields := bytes.Fields(text[end+1:])
	const utime, stime = 14 - 3, 15 - 3 // the first field left is field 3
	if len(fields) <= stime {
		return 0, errStat
	}
	var ticks int64
	for _, field := range fields[utime : stime+1] {
		n, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return 0, errStat
		}
		ticks += n
	}
	return time.Duration(ticks) * (time.Second / userHZ), nil
}

// busyTime is the time that the cores of the machine have worked for processes,
// whosever they are: user, nice, system and stolen time of the first line of
// /proc/stat, proc_stat(5).
func busyTime() (time.Duration, error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, fmt.Errorf("CPU time: %w", err)
	}
	return parseBusy(text)
}

func parseBusy(text []byte) (time.Duration, error) {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	fields := bytes.Fields(line)
	const user, nice, system, steal = 1, 2, 3, 8
	if len(fields) <= steal || string(fields[0]) != "cpu" {
		return 0, errStat
	}
	var ticks int64
	for _, i := range []int{user, nice, system, steal} {
		n, err := strconv.ParseInt(string(fields[i]), 10, 64)
		if err != nil {
			return 0, errStat
		}
		ticks += n
	}
	return time.Duration(ticks) * (time.Second / userHZ), nil
}

// watch tells, at its end, what share of the machine others have used meanwhile:
// a figure that was taken beside somebody else's work is worth less.
type watch struct {
	began time.Time
	busy  time.Duration
}

func startWatch() (watch, error) {
	busy, err := busyTime()
	return watch{time.Now(), busy}, err
}

// others is the share, from 0 to 1, that no process of ours has used.
func (w watch) others(ours []time.Duration) (float64, error) {
	busy, err := busyTime()
	if err != nil {
		return 0, err
	}
	capacity := time.Since(w.began) * time.Duration(runtime.NumCPU())
	return max(0, float64(busy-w.busy-total(ours))/float64(capacity)), nil
}

// meter reads the CPU time of several processes at once.
type meter []int

// read returns the times in the meter's order; pid 0, a process that is not
// ours to see, has used none.
func (m meter) read() ([]time.Duration, error) {
	times := make([]time.Duration, len(m))
	for i, pid := range m {
		if pid == 0 {
			continue
		}
		var err error
		if times[i], err = cpuTime(pid); err != nil {
			return nil, err
		}
	}
	return times, nil
}

// since is what the processes have used after an earlier reading.
func (m meter) since(before []time.Duration) ([]time.Duration, error) {
	now, err := m.read()
	if err != nil {
		return nil, err
	}
	for i := range now {
		now[i] -= before[i]
	}
	return now, nil
}

// idle waits until none of the processes works any more: at most two ticks in a
// fifth of a second, all together. One that never rests is not waited for
// longer than idleLimit.
func (m meter) idle(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, idleLimit, errBusy)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	before, err := m.read()
	if err != nil {
		return err
	}
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			if errors.Is(context.Cause(ctx), errBusy) {
				return nil
			}
			return context.Cause(ctx)
		}
		used, err := m.since(before)
		if err != nil {
			return err
		}
		if total(used) <= 2*time.Second/userHZ {
			return nil
		}
		if before, err = m.read(); err != nil {
			return err
		}
	}
}

var errBusy = errors.New("still busy")

func total(list []time.Duration) (sum time.Duration) {
	for _, d := range list {
		sum += d
	}
	return sum
}
