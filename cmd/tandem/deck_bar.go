package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"tandem/billing/deck"
)

// progressBar shows how far long work has come, on a terminal only; elsewhere it says
// nothing.
type progressBar struct{ b *progressbar.ProgressBar }

// newBar begins one on stderr; total is in what is done, bytes or rates.
func newBar(e *env, what string, total int64, bytes bool) *progressBar {
	if !isTerminal(e.errOut) {
		return &progressBar{}
	}
	return &progressBar{progressbar.NewOptions64(max(total, 1),
		progressbar.OptionSetWriter(e.errOut), progressbar.OptionSetDescription(what), progressbar.OptionSetWidth(30),
		progressbar.OptionShowBytes(bytes), progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(true))}
}

// to says how much is done of how much. What the bar cannot write is nobody's
// loss.
func (b *progressBar) to(done, total int64) {
	if b.b == nil {
		return
	}
	if total > 0 && total != b.b.GetMax64() {
		b.b.ChangeMax64(total)
	}
	_ = b.b.Set64(done)
}

// end takes the bar off the terminal.
func (b *progressBar) end() {
	if b.b != nil {
		_ = b.b.Clear()
		_ = b.b.Exit()
	}
}

// counted tells the bar as rates go by.
func (b *progressBar) counted(rates deck.Rates, done *int64) deck.Rates {
	if b.b == nil {
		return rates
	}
	return func(yield func(deck.Rate, error) bool) {
		for r, err := range rates {
			if *done++; *done%1024 == 0 {
				b.to(*done, 0)
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
