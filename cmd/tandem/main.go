package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // decks and rules name time zones; a small machine may have none

	"github.com/alecthomas/kong"
	"github.com/rs/zerolog"
)

// version is set by the Makefile.
var version = "dev"

// cli is every command with its help; kong reads it.
type cli struct {
	Config string `help:"Configuration file (YAML)." default:"/etc/tandem/tandem.yaml" env:"TANDEM_CONFIG" short:"c"`

	Serve    serveCmd    `cmd:"" help:"Answer Asterisk, until TERM; calls in progress are served to their end."`
	Check    checkCmd    `cmd:"" help:"Check configuration, schema, ports, Asterisk and clock, one line a finding."`
	Migrate  migrateCmd  `cmd:"" help:"Bring the database schema up to date, or show its state."`
	Seed     seedCmd     `cmd:"" help:"Fill an empty database with the demo data."`
	Deck     deckCmd     `cmd:"" help:"Import, compare, publish and roll back decks of rates."`
	Tariff   tariffCmd   `cmd:"" help:"Make and show tariffs: what accounts are sold by."`
	FX       fxCmd       `cmd:"" name:"fx" help:"Import, set and list exchange rates."`
	Account  accountCmd  `cmd:"" help:"Open, change and show accounts; move their money; print statements."`
	Ledger   ledgerCmd   `cmd:"" help:"Verify the books, show and reverse postings, see what we owe."`
	Explain  explainCmd  `cmd:"" help:"Say which routes a call would take, and why each other was left out."`
	Replay   replayCmd   `cmd:"" help:"Replay past calls through a draft deck or policy, in money."`
	Quality  qualityCmd  `cmd:"" help:"Show how routes carry calls: ABR, ASR, NER, ACD, PDD, margin, and whose fault failures are."`
	Place    placeCmd    `cmd:"" help:"Say where a number is from, what kind it is, and what time it is there."`
	Alarm    alarmCmd    `cmd:"" help:"List, show and acknowledge alarms; test their channels; list rules."`
	User     userCmd     `cmd:"" help:"Add, list and change the people who sign in to the console."`
	Live     liveCmd     `cmd:"" help:"Show calls in progress and their money, second by second."`
	Call     callCmd     `cmd:"" help:"Show the record of a call, its attempts and the reason of each route."`
	Archive  archiveCmd  `cmd:"" help:"Write the records of past months to files, verify them, bring them back."`
	OpenAPI  openAPICmd  `cmd:"" name:"openapi" help:"Print the OpenAPI document of the HTTP API."`
	Asterisk asteriskCmd `cmd:"" help:"Render the configuration of an Asterisk server."`
	Play     playCmd     `cmd:"" help:"Start MariaDB, Asterisk, carriers and Tandem on this machine and place a call."`
	Dial     dialCmd     `cmd:"" help:"Place a call on a running play stack, with a simulated telephone."`
	Bench    benchCmd    `cmd:"" help:"Measure Tandem against an anchor in the same run."`
	Chaos    chaosCmd    `cmd:"" help:"Break a play stack under calls, and count the money."`
	Carrier  carrierCmd  `cmd:"" help:"Run one simulated carrier."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

// env is what every command gets instead of the process's own.
type env struct {
	out    io.Writer
	errOut io.Writer
	config string
}

func main() {
	zerolog.TimeFieldFormat = "2006-01-02T15:04:05.000Z07:00" // seconds are too coarse for calls
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, errSaid) {
			fmt.Fprintln(os.Stderr, "tandem:", err)
		}
		os.Exit(1)
	}
}

// errSaid ends a command with status 1 that has said everything already.
var errSaid = errors.New("failed")

// run is main without the process, for tests.
func run(ctx context.Context, args []string, out, errOut io.Writer) error {
	var c cli
	exited := false
	parser, err := kong.New(&c, kong.Name("tandem"), kong.Description("The brain beside Asterisk: routes, money and records."),
		kong.Writers(out, errOut), kong.UsageOnError(), kong.Exit(func(int) { exited = true }))
	if err != nil {
		return err
	}
	command, err := parser.Parse(args)
	if exited {
		return nil
	}
	if err != nil {
		return err
	}
	command.BindTo(ctx, (*context.Context)(nil))
	return command.Run(&env{out: out, errOut: errOut, config: c.Config})
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(e *env) error {
	_, err := fmt.Fprintln(e.out, "tandem", version)
	return err
}
