package bench

import (
	"os"
	"runtime"
	"strings"

	"tandem/play"
)

// Host says on what a figure was measured. It carries no date: the same report
// of the same machine is the same text.
type Host struct {
	Tandem   string `json:"tandem"`
	Go       string `json:"go"`
	OS       string `json:"os"`
	Kernel   string `json:"kernel"`
	CPU      string `json:"cpu"`
	Cores    int    `json:"cores"`
	MariaDB  string `json:"mariadb"`
	Asterisk string `json:"asterisk,omitempty"`
	// Load is the machine's load average (1 min) before the bench began: anything
	// but nearly 0 says that others were at work on the same cores.
	Load string `json:"load_before"`
}

func hostOf(version string, tools play.Tools) Host {
	h := Host{
		Tandem: version, Go: runtime.Version(), OS: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU(),
		Kernel: firstLine("/proc/sys/kernel/osrelease"), CPU: cpuModel(), MariaDB: "of TANDEM_MARIADB_DSN",
	}
	h.Load, _, _ = strings.Cut(firstLine("/proc/loadavg"), " ")
	if tools.MariaDB != nil && tools.MariaDBDSN == "" {
		h.MariaDB = tools.MariaDB.Version
	}
	return h
}

// firstLine of a file; empty when there is none: a report does not fail for it.
func firstLine(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return line
}

func cpuModel() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
