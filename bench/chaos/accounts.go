package chaos

import (
	"time"

	"tandem/internal/money"
)

// The currency of all accounts and tariffs here: no exchange rate blurs a price.
const euro = 156

// subject is an account of the run: what it may spend, and how it is charged.
type subject struct {
	Name     string // also its telephone's login
	Prepaid  bool
	Credit   *money.Amount // NULL: prepaid 0, postpaid no limit; below 0: a floor
	Daily    *money.Amount
	CallMost *money.Amount // a call may cost at most
	Opening  money.Amount  // paid in before the first call
	Tariff   string        // empty: nobody pays
	TopUps   bool          // during the calls
}

// subjects are few, so that many calls at once draw on each, and small, so that
// they run out of money while they talk.
func subjects() []subject {
	amount := func(micros money.Amount) *money.Amount { return &micros }
	return []subject{
		{Name: "chaos-prepaid", Prepaid: true, Opening: 300_000, Tariff: plain, TopUps: true},
		{Name: "chaos-fees", Prepaid: true, Opening: 2_000_000, Tariff: fees, TopUps: true},
		{Name: "chaos-floor", Prepaid: true, Credit: amount(-200_000), Opening: 600_000, Tariff: plain, TopUps: true},
		{Name: "chaos-credit", Credit: amount(1_500_000), CallMost: amount(150_000), Tariff: plain},
		{Name: "chaos-daily", Prepaid: true, Daily: amount(900_000), Opening: 50_000_000, Tariff: fees},
		{Name: "chaos-postpaid", Tariff: fees},
		{Name: "chaos-unsold"},
	}
}

// The tariffs.
const (
	plain = "chaos plain"
	fees  = "chaos fees"
)

// price is a row of a tariff. It is worked out here once more, by the least
// arithmetic that does it, and on purpose not by package rate.
type price struct {
	Tariff      string
	Prefix      string
	PerMinute   money.Rate
	Connection  money.Amount
	Minimum     money.Amount
	Attempt     money.Amount // once a call that was offered to a route
	First, Next int64        // seconds
	Grace, Free int64        // seconds
}

// destinations are the prefixes that are called; each carrier's deck has them.
func destinations() []string { return []string{"49", "44", "7", "1"} }

func prices() []price {
	return []price{
		{Tariff: plain, Prefix: "49", PerMinute: 60_000_000, First: 1, Next: 1},
		{Tariff: plain, Prefix: "44", PerMinute: 61_234_567, First: 30, Next: 6},
		{Tariff: plain, Prefix: "7", PerMinute: 33_333_333, First: 60, Next: 60},
		{Tariff: plain, Prefix: "1", PerMinute: 47_000_001, First: 6, Next: 6, Grace: 2},
		{Tariff: fees, Prefix: "49", PerMinute: 77_777_777, First: 1, Next: 1, Connection: 10_001, Attempt: 1_003},
		{Tariff: fees, Prefix: "44", PerMinute: 59_999_999, First: 30, Next: 6, Connection: 20_000, Minimum: 350_000, Attempt: 1_003},
		{Tariff: fees, Prefix: "7", PerMinute: 90_909_090, First: 60, Next: 60, Free: 3, Attempt: 1_003},
		{Tariff: fees, Prefix: "1", PerMinute: 12_345_678, First: 7, Next: 13, Connection: 5_000, Grace: 1, Attempt: 1_003},
	}
}

// priceOf is the row for a number; its prefixes are no prefixes of each other.
func priceOf(tariff, number string) (price, bool) {
	for _, p := range prices() {
		if p.Tariff == tariff && len(number) > len(p.Prefix) && number[:len(p.Prefix)] == p.Prefix {
			return p, true
		}
	}
	return price{}, false
}

// charge is the price of a call: its talk, and the fee for being offered to a
// route at all.
func (p *price) charge(answered, offered bool, talk time.Duration) money.Amount {
	var sixthousandths int64 // of 1e-6: a rate is 1e-8 a minute of 60 s
	if seconds := int64((talk + time.Second - 1) / time.Second); answered && seconds > p.Grace {
		if seconds = max(0, seconds-p.Free); seconds > 0 {
			billed := p.First
			for billed < seconds {
				billed += p.Next
			}
			sixthousandths = int64(p.PerMinute) * billed
		}
		sixthousandths = max(sixthousandths+int64(p.Connection)*6000, int64(p.Minimum)*6000)
	}
	if offered {
		sixthousandths += int64(p.Attempt) * 6000
	}
	return money.Amount((sixthousandths + 3000) / 6000)
}
