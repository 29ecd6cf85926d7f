package api

import (
	"fmt"
	"net/http"
	"strings"
)

// healthz says that the process runs and serves.
func healthz(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintln(w, "ok")
}

// readyz says whether calls should be sent here, and if not, why.
func readyz(ready func() []string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if reasons := ready(); len(reasons) > 0 {
			http.Error(w, strings.Join(reasons, "\n"), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	}
}
