package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/parsers/yaml"
	koanfenv "github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"

	"tandem/callflow"
	"tandem/dialplan"
	"tandem/portability"
	"tandem/routing/capacity"
)

// config is the whole configuration: what is not here cannot be set. A key that
// is unknown, in the file or in a variable that begins with TANDEM__, stops the
// start. Every key can also come from the environment, as TANDEM__SECTION__KEY;
// secrets are named by file.
type config struct {
	// Node is this Tandem's name in records; the host's name when empty.
	Node     string         `koanf:"node"`
	Database databaseConfig `koanf:"database"`
	AGI      agiConfig      `koanf:"agi"`
	HTTP     httpConfig     `koanf:"http"`
	Routing  routingConfig  `koanf:"routing"`
	Limits   limitsConfig   `koanf:"limits"`
	Money    moneyConfig    `koanf:"money"`
	Breaker  breakerConfig  `koanf:"breaker"`
	Quality  qualityConfig  `koanf:"quality"`
	Alarms   alarmsConfig   `koanf:"alarms"`
	Mail     mailConfig     `koanf:"mail"`
	Keep     keepConfig     `koanf:"keep"`
	ARI      ariConfig      `koanf:"ari"`
	// Portability is the number portability dip, off unless enabled.
	Portability portabilityConfig `koanf:"portability"`
	Spool       spoolConfig       `koanf:"spool"`
	Log         logConfig         `koanf:"log"`
	// Drain is how long a node that was told to end serves the calls it has.
	Drain    time.Duration  `koanf:"drain"`
	Asterisk asteriskConfig `koanf:"asterisk"`
}

type databaseConfig struct {
	Address      string `koanf:"address"` // host:port, or the path of a socket
	User         string `koanf:"user"`
	PasswordFile string `koanf:"password_file"` // empty: no password
	Name         string `koanf:"name"`
}

type agiConfig struct {
	Listen      string `koanf:"listen"`
	MaxSessions int    `koanf:"max_sessions"`
}

type httpConfig struct {
	Listen string `koanf:"listen"`
	// PublicURL is where people find the console: https://tandem.example.com.
	PublicURL string `koanf:"public_url"`
	// SecureCookies: people come over TLS, to a proxy before us. An https
	// public_url says the same.
	SecureCookies bool `koanf:"secure_cookies"`
	// TrustedProxies are whose X-Forwarded-For is believed.
	TrustedProxies []string `koanf:"trusted_proxies"`
}

type routingConfig struct {
	BaseCurrency string        `koanf:"base_currency"` // ISO 4217; costs are compared in it
	Refresh      time.Duration `koanf:"refresh"`       // how often the change log is asked
	// KeepReasons is how long the reasons of a decision are kept with its call.
	KeepReasons time.Duration `koanf:"keep_reasons"`
	// MeasureOver is how far back calls are measured for the expected call
	// lengths; 0: nothing is measured, what is in call_lengths stays.
	MeasureOver time.Duration `koanf:"measure_over"`
}

// breakerConfig says when a way out that keeps failing rests.
type breakerConfig struct {
	Window         time.Duration `koanf:"window"`
	MinFailures    int           `koanf:"min_failures"`
	FailurePercent int           `koanf:"failure_percent"`
	OpenFor        time.Duration `koanf:"open_for"`
	OpenMax        time.Duration `koanf:"open_max"`
}

type ariConfig struct {
	Poll time.Duration `koanf:"poll"` // how often each Asterisk is asked what is up; 0: never
}

type portabilityConfig struct {
	Enabled   bool          `koanf:"enabled"`
	Table     bool          `koanf:"table"` // ask the table ported_numbers
	URL       string        `koanf:"url"`   // then this service; {number} stands for the number
	CAFile    string        `koanf:"ca_file"`
	TokenFile string        `koanf:"token_file"`
	Timeout   time.Duration `koanf:"timeout"`
	CacheSize int           `koanf:"cache_size"`
	CacheFor  time.Duration `koanf:"cache_for"`
	Prefixes  []string      `koanf:"prefixes"` // ask about these only; empty: about every number
}

type limitsConfig struct {
	MaxTalk     time.Duration `koanf:"max_talk"`
	HuntBudget  time.Duration `koanf:"hunt_budget"`
	HopLimit    int           `koanf:"hop_limit"`
	Ring        time.Duration `koanf:"ring"`
	NoProgress  time.Duration `koanf:"no_progress"`
	AgentWithin time.Duration `koanf:"agent_within"`
}

// moneyConfig says how calls are paid for; docs/money.md.
type moneyConfig struct {
	Slice time.Duration `koanf:"slice"` // talk that is paid at a time
	Lead  time.Duration `koanf:"lead"`  // before its end the next slice is paid
	Warn  time.Duration `koanf:"warn"`  // before the end the caller is told that there is none
	// Within is how long a new call waits for its money to be set aside.
	Within time.Duration `koanf:"within"`
	// Patience is how long an end report may take before a call that is gone is
	// closed without it.
	Patience time.Duration `koanf:"patience"`
	Verify   time.Duration `koanf:"verify"` // how often the ledger is verified; 0: never
}

type spoolConfig struct {
	Dir          string        `koanf:"dir"`
	StoreTimeout time.Duration `koanf:"store_timeout"`
	RetryEvery   time.Duration `koanf:"retry_every"`
	// Collect lists files in which Asterisk on this machine keeps end reports
	// that no node took.
	Collect []string `koanf:"collect"`
	// CDRs lists the files of Asterisk's own call records on this machine.
	CDRs []string `koanf:"cdrs"`
}

type logConfig struct {
	Level string `koanf:"level"` // debug, info, warn, error
}

// asteriskConfig is what "tandem asterisk render" needs besides the database.
type asteriskConfig struct {
	// Nodes are the Tandem nodes that the servers ask, in order, one to three.
	Nodes   []nodeConfig            `koanf:"nodes"`
	Sounds  map[string]string       `koanf:"sounds"` // by message: no-service, bad-number, all-busy, nobody-here, no-money, low-time, spent
	Servers map[string]serverConfig `koanf:"servers"`
	// Neighbours are the other servers as this one reaches them over IAX2, by
	// servers.servername.
	Neighbours map[string]neighbourConfig `koanf:"neighbours"`
}

type neighbourConfig struct {
	IAX        string `koanf:"iax"` // address and port of its IAX2
	SecretFile string `koanf:"secret_file"`
}

type nodeConfig struct {
	AGI  string `koanf:"agi"`
	HTTP string `koanf:"http"`
}

type serverConfig struct {
	EntityID      string        `koanf:"entity_id"`
	SIP           string        `koanf:"sip"`
	RTPFirst      uint16        `koanf:"rtp_first"`
	RTPLast       uint16        `koanf:"rtp_last"`
	IAX           string        `koanf:"iax"`
	HTTP          string        `koanf:"http"`
	AMI           string        `koanf:"ami"`
	ARIUser       string        `koanf:"ari_user"`
	ARISecretFile string        `koanf:"ari_secret_file"`
	AMIUser       string        `koanf:"ami_user"`
	AMISecretFile string        `koanf:"ami_secret_file"`
	IAXSecretFile string        `koanf:"iax_secret_file"`
	ReportFile    string        `koanf:"report_file"`
	RTPTimeout    time.Duration `koanf:"rtp_timeout"`
	Qualify       time.Duration `koanf:"qualify"`
	MaxCalls      int           `koanf:"max_calls"`
	Dirs          dirsConfig    `koanf:"dirs"`
}

type dirsConfig struct {
	Etc     string `koanf:"etc"`
	Modules string `koanf:"modules"`
	Data    string `koanf:"data"`
	AGI     string `koanf:"agi"`
	VarLib  string `koanf:"var_lib"`
	DB      string `koanf:"db"`
	Keys    string `koanf:"keys"`
	Spool   string `koanf:"spool"`
	Cache   string `koanf:"cache"`
	Run     string `koanf:"run"`
	Log     string `koanf:"log"`
}

// defaultConfig suits one node beside one Asterisk and one MariaDB.
func defaultConfig() config {
	return config{
		Database:    databaseConfig{Address: "/run/mysqld/mysqld.sock", User: "tandem", Name: "tandem"},
		AGI:         agiConfig{Listen: "127.0.0.1:4573", MaxSessions: 1024},
		HTTP:        httpConfig{Listen: "127.0.0.1:8073"},
		Routing:     routingConfig{BaseCurrency: "USD", Refresh: time.Second, KeepReasons: 90 * 24 * time.Hour, MeasureOver: 30 * 24 * time.Hour},
		Breaker:     defaultBreaker(),
		Quality:     defaultQuality(),
		Alarms:      defaultAlarms(),
		Mail:        defaultMail(),
		Keep:        defaultKeep(),
		ARI:         ariConfig{Poll: 2 * time.Second},
		Portability: defaultPortability(),
		Limits: limitsConfig{
			MaxTalk: 2 * time.Hour, HuntBudget: time.Minute, HopLimit: 3,
			Ring: 60 * time.Second, NoProgress: 5 * time.Second, AgentWithin: 300 * time.Millisecond,
		},
		Money: moneyConfig{
			Slice: 2 * time.Minute, Lead: 20 * time.Second, Warn: 15 * time.Second, Within: 800 * time.Millisecond,
			Patience: 30 * time.Second, Verify: time.Hour,
		},
		Spool: spoolConfig{Dir: "/var/lib/tandem/spool", StoreTimeout: 700 * time.Millisecond, RetryEvery: time.Second},
		Log:   logConfig{Level: "info"},
		Drain: 30 * time.Second,
		Asterisk: asteriskConfig{
			Nodes: []nodeConfig{{AGI: "127.0.0.1:4573", HTTP: "127.0.0.1:8073"}},
			Sounds: map[string]string{
				string(callflow.MessageNoService): "ss-noservice",
				string(callflow.MessageBadNumber): "cannot-complete-as-dialed",
				string(callflow.MessageAllBusy):   "all-circuits-busy-now",
				string(callflow.MessageNobody):    "vm-nobodyavail",
				string(callflow.MessageNoMoney):   "ss-noservice",
				string(callflow.MessageLowTime):   "beeperr",
				string(callflow.MessageSpent):     "vm-goodbye",
			},
		},
	}
}

func defaultBreaker() breakerConfig {
	d := capacity.DefaultConfig()
	return breakerConfig{Window: d.Window, MinFailures: d.MinFailures, FailurePercent: d.FailurePercent, OpenFor: d.OpenFor, OpenMax: d.OpenMax}
}

func defaultPortability() portabilityConfig {
	d := portability.DefaultConfig()
	return portabilityConfig{Table: true, Timeout: d.Timeout, CacheSize: d.CacheSize, CacheFor: d.CacheFor}
}

// envPrefix begins every environment variable that sets a key; a double
// underscore parts the sections.
const envPrefix = "TANDEM__"

// loadConfig reads the file, then the environment, over the defaults.
func loadConfig(path string) (config, error) {
	k := koanf.New(".")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return config{}, fmt.Errorf("no configuration at %s: name one with --config or TANDEM_CONFIG (docs/configuration.md has an example)", path)
	}
	if err != nil {
		return config{}, fmt.Errorf("configuration: %w", err)
	}
	if err := k.Load(rawbytes.Provider(text), yaml.Parser()); err != nil {
		return config{}, fmt.Errorf("configuration %s: %w", path, err)
	}
	if err := k.Load(koanfenv.Provider(".", koanfenv.Opt{Prefix: envPrefix, TransformFunc: envKey}), nil); err != nil {
		return config{}, fmt.Errorf("environment: %w", err)
	}
	c := defaultConfig()
	err = k.UnmarshalWithConf("", &c, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		Result: &c, TagName: "koanf", ErrorUnused: true, WeaklyTypedInput: true,
		DecodeHook: mapstructure.ComposeDecodeHookFunc(
			mapstructure.StringToTimeDurationHookFunc(), mapstructure.StringToSliceHookFunc(","), toShare),
	}})
	if err != nil {
		return config{}, fmt.Errorf("configuration %s: %w", path, err)
	}
	if c.Node == "" {
		if c.Node, err = os.Hostname(); err != nil {
			return config{}, fmt.Errorf("node: set a name: %w", err)
		}
	}
	return c, c.validate()
}

func envKey(key, value string) (string, any) {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(key, envPrefix), "__", ".")), value
}

// validate names every key that cannot work.
func (c config) validate() error {
	errs := []error{
		nodeName(c.Node),
		addrPort("agi.listen", c.AGI.Listen), addrPort("http.listen", c.HTTP.Listen),
		c.HTTP.validate(), c.limits().Validate(),
		between("routing.refresh", c.Routing.Refresh, 100*time.Millisecond, time.Minute),
		between("routing.keep_reasons", c.Routing.KeepReasons, 0, 10*365*24*time.Hour),
		between("routing.measure_over", c.Routing.MeasureOver, 0, 365*24*time.Hour),
		c.dip().Validate(),
		between("ari.poll", c.ARI.Poll, 0, time.Minute),
		between("drain", c.Drain, 0, time.Hour),
		between("spool.retry_every", c.Spool.RetryEvery, 10*time.Millisecond, time.Minute),
	}
	for i, n := range c.Asterisk.Nodes {
		errs = append(errs, addrPort(fmt.Sprintf("asterisk.nodes[%d].agi", i), n.AGI), addrPort(fmt.Sprintf("asterisk.nodes[%d].http", i), n.HTTP))
	}
	for name := range c.Asterisk.Sounds {
		switch callflow.Message(name) {
		case callflow.MessageNoService, callflow.MessageBadNumber, callflow.MessageAllBusy, callflow.MessageNobody,
			callflow.MessageNoMoney, callflow.MessageLowTime, callflow.MessageSpent:
		default:
			errs = append(errs, fmt.Errorf("asterisk.sounds.%s: no such message", name))
		}
	}
	errs = append(errs, c.Money.validate(), c.Quality.validate(), c.Keep.validate(), c.Alarms.validate(), c.Mail.validate())
	for key, files := range map[string][]string{"spool.collect": c.Spool.Collect, "spool.cdrs": c.Spool.CDRs} {
		for _, file := range files {
			if !filepath.IsAbs(file) {
				errs = append(errs, fmt.Errorf("%s %q: want an absolute path", key, file))
			}
		}
	}
	return errors.Join(errs...)
}

func (c moneyConfig) validate() error {
	err := errors.Join(
		between("money.slice", c.Slice, 5*time.Second, time.Hour),
		between("money.lead", c.Lead, time.Second, 5*time.Minute),
		between("money.warn", c.Warn, 0, 5*time.Minute),
		between("money.within", c.Within, 50*time.Millisecond, 1500*time.Millisecond),
		between("money.patience", c.Patience, time.Second, time.Hour),
		between("money.verify", c.Verify, 0, 7*24*time.Hour),
	)
	if err == nil && (c.Lead >= c.Slice || c.Warn > c.Lead) {
		err = fmt.Errorf("money: want warn %s <= lead %s < slice %s", c.Warn, c.Lead, c.Slice)
	}
	return err
}

func (c config) limits() callflow.Limits {
	return callflow.Limits{
		MaxTalk: c.Limits.MaxTalk, HuntBudget: c.Limits.HuntBudget, HopLimit: c.Limits.HopLimit,
		Ring: c.Limits.Ring, NoProgress: c.Limits.NoProgress, AgentWithin: c.Limits.AgentWithin,
	}
}

// longestCall is how long a call can be up: the last attempt may begin at the end
// of the hunt budget and ring before it talks.
func (c config) longestCall() time.Duration {
	return c.Limits.MaxTalk + c.Limits.HuntBudget + c.Limits.Ring
}

func (c config) sounds() map[callflow.Message]string {
	sounds := make(map[callflow.Message]string, len(c.Asterisk.Sounds))
	for name, file := range c.Asterisk.Sounds {
		sounds[callflow.Message(name)] = file
	}
	return sounds
}

// nodeName keeps the name fit for file names and records.
func nodeName(name string) error {
	if !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`).MatchString(name) {
		return fmt.Errorf("node %q: want at most 63 letters, digits, . _ or -", name)
	}
	return nil
}

func addrPort(key, value string) error {
	if _, err := netip.ParseAddrPort(value); err != nil {
		return fmt.Errorf("%s %q: want a literal address and port such as 127.0.0.1:4573", key, value)
	}
	return nil
}

func between(key string, v, low, high time.Duration) error {
	if v < low || v > high {
		return fmt.Errorf("%s %s: want %s to %s, with its unit", key, v, low, high)
	}
	return nil
}

// secret reads a file that holds one secret; a line end after it is dropped.
func secret(key, path string) (string, error) {
	if path == "" {
		return "", fmt.Errorf("%s is empty: name a file that holds the secret", key)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", key, err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

// optionalSecret is a secret that may be missing.
func optionalSecret(key, path string) (string, error) {
	if path == "" {
		return "", nil
	}
	return secret(key, path)
}

func (d dirsConfig) dialplan() dialplan.Dirs { return dialplan.Dirs(d) }
