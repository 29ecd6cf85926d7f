package deck

import "strings"

// currencies are the codes of ISO 4217 in use.
const currencies = " AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD " +
	"CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD " +
	"HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD " +
	"MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR " +
	"RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS " +
	"UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG "

func isCurrency(s string) bool {
	return len(s) == 3 && strings.Contains(currencies, " "+s+" ")
}

// currencySign is what a sign may stand for; empty when it is none.
func currencySign(r rune) string {
	switch r {
	case '$':
		return "USD AUD CAD NZD SGD HKD TWD MXN ARS CLP COP UYU DOP JMD TTD BBD BSD BZD BMD FJD NAD XCD"
	case '€':
		return "EUR"
	case '£':
		return "GBP EGP GIP FKP SHP SYP LBP"
	case '¥', '￥':
		return "CNY JPY"
	case '₽':
		return "RUB"
	case '₴':
		return "UAH"
	case '₸':
		return "KZT"
	case '₹':
		return "INR"
	case '₺':
		return "TRY"
	case '₪':
		return "ILS"
	case '₩':
		return "KRW"
	case '₫':
		return "VND"
	case '₦':
		return "NGN"
	case '₱':
		return "PHP"
	case '₾':
		return "GEL"
	}
	return ""
}

// currencyWord is what a word, as plain makes it, may stand for.
func currencyWord(w string) string {
	switch w {
	case "usd", "us", "dollar", "dollars", "доллар", "доллары", "долл", "美元":
		return "USD"
	case "euro", "euros", "евро", "欧元":
		return "EUR"
	case "руб", "рубль", "рубли", "рублеи", "рублях", "р", "rur", "卢布":
		return "RUB"
	case "pound", "pounds", "英镑":
		return "GBP"
	case "грн", "гривна":
		return "UAH"
	case "тенге", "тг":
		return "KZT"
	case "元", "人民币", "rmb", "yuan":
		return "CNY"
	case "fr", "sfr":
		return "CHF"
	case "zł", "zl":
		return "PLN"
	case "kr":
		return "SEK NOK DKK ISK"
	case "kc":
		return "CZK"
	}
	return ""
}

// oneCurrency holds all prices of a sheet to one currency.
type oneCurrency struct {
	want  string // of the provider; empty: the first that the sheet names
	named string // by the sheet
}

// check takes the currencies that a sign, word or code may mean.
func (c *oneCurrency) check(may string) *problem {
	if len(may) == 3 && c.named == "" {
		c.named = may
	}
	want := c.want
	if want == "" {
		want = c.named
	}
	if want == "" || strings.Contains(" "+may+" ", " "+want+" ") {
		return nil
	}
	if len(may) > 3 {
		may = may[:3] + " or alike"
	}
	return &problem{"a price in " + may + ", while the deck is in " + want, "ask for the sheet in " + want + ", or convert the prices"}
}
