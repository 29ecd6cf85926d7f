package fx

import (
	"strconv"
	"strings"
)

// currencies are those that the bank quotes or has quoted: code, number and name
// of ISO 4217.
const currencies = `AUD 036 Australian Dollar
BGN 975 Bulgarian Lev
BRL 986 Brazilian Real
CAD 124 Canadian Dollar
CHF 756 Swiss Franc
CNY 156 Yuan Renminbi
CYP 196 Cyprus Pound
CZK 203 Czech Koruna
DKK 208 Danish Krone
EEK 233 Kroon
EUR 978 Euro
GBP 826 Pound Sterling
HKD 344 Hong Kong Dollar
HRK 191 Kuna
HUF 348 Forint
IDR 360 Rupiah
ILS 376 New Israeli Sheqel
INR 356 Indian Rupee
ISK 352 Iceland Krona
JPY 392 Yen
KRW 410 Won
LTL 440 Lithuanian Litas
LVL 428 Latvian Lats
MTL 470 Maltese Lira
MXN 484 Mexican Peso
MYR 458 Malaysian Ringgit
NOK 578 Norwegian Krone
NZD 554 New Zealand Dollar
PHP 608 Philippine Peso
PLN 985 Zloty
ROL 642 Old Leu
RON 946 Romanian Leu
RUB 643 Russian Ruble
SEK 752 Swedish Krona
SGD 702 Singapore Dollar
SIT 705 Tolar
SKK 703 Slovak Koruna
THB 764 Baht
TRL 792 Old Turkish Lira
TRY 949 Turkish Lira
USD 840 US Dollar
ZAR 710 Rand
`

// Currency is the number and name that ISO 4217 gives a code; ok is false for
// one that the bank never quoted.
func Currency(code string) (number int, name string, ok bool) {
	for line := range strings.Lines(currencies) {
		if rest, found := strings.CutPrefix(line, code+" "); found && isCode(code) {
			digits, name, _ := strings.Cut(strings.TrimSpace(rest), " ")
			number, err := strconv.Atoi(digits)
			return number, name, err == nil
		}
	}
	return 0, "", false
}
