package bench

import (
	"bytes"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
)

// memory is what a process has in RAM: now, and the most since resetPeak or its
// start. In bytes, from VmRSS and VmHWM of proc_pid_status(5).
type memory struct{ now, peak int64 }

func memoryOf(pid int) (memory, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return memory{}, fmt.Errorf("memory: %w", err)
	}
	return parseStatus(text)
}

func parseStatus(text []byte) (m memory, err error) {
	for line := range bytes.Lines(text) {
		fields := bytes.Fields(line)
		if len(fields) != 3 || string(fields[2]) != "kB" {
			continue
		}
		into := map[string]*int64{"VmRSS:": &m.now, "VmHWM:": &m.peak}[string(fields[0])]
		if into == nil {
			continue
		}
		kb, err := strconv.ParseInt(string(fields[1]), 10, 64)
		if err != nil {
			return memory{}, fmt.Errorf("memory: %w", err)
		}
		*into = kb << 10
	}
	if m.now == 0 || m.peak == 0 {
		return memory{}, fmt.Errorf("memory: no VmRSS or VmHWM in %q", text)
	}
	return m, nil
}

// resetPeak lets the peak begin anew, proc_pid_clear_refs(5). A kernel that
// cannot leaves the old one, which is too high rather than too low.
func resetPeak(pid int) { _ = os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0) }

// settledMemory is what our own process holds when nothing is left over.
func settledMemory() (memory, error) {
	debug.FreeOSMemory()
	return memoryOf(os.Getpid())
}

func mb(bytes int64) float64 { return float64(bytes) / 1e6 }
