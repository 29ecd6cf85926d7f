package deck

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// vocabulary is how carriers head their columns, in English, Russian, German,
// French, Spanish and Chinese. A name that several fields could claim belongs
// to the longest entry that it contains; one with = before it must be all of the
// header.
//
//nolint:misspell // Spanish is not misspelt English
const vocabulary = `
prefix: prefix, prefixes, code, codes, dial code, dial codes, dialcode, dialing code, dialling code, dial prefix, area code, area codes, destination code, dest code, breakout, breakouts, e164, number prefix, phone prefix, dialled digits, dialed digits, digits, npa nxx, city code, city codes, region code
prefix: код, коды, префикс, префиксы, код направления, коды направления, код назначения, код зоны, код города, коды города, телефонный код, телефонные коды, коды набора, код набора
prefix: vorwahl, vorwahlen, ortsvorwahl, präfix, rufnummernpräfix, kennzahl, kennzahlen, zielvorwahl
prefix: préfixe, préfixes, indicatif, indicatifs, code destination, code de destination, codes destination
prefix: prefijo, prefijos, código, códigos, código de área, código de destino, indicativo, indicativos
prefix: 区号, 前缀, 代码, 号码前缀, 拨号代码, 字冠, 被叫前缀, 地区代码
country_code: country code, countrycode, cc, ctry code, country dial code, country prefix, код страны, ländervorwahl, landesvorwahl, ländercode, landeskennzahl, indicatif pays, indicatif du pays, code pays, código de país, código país, prefijo país, prefijo de país, 国家代码, 国家码, 国家号, 国家区号
country: country, country name, страна, land, pays, país, 国家, 国家名称
destination: destination, destinations, destination name, dest, dest name, description, name, zone, zone name, region, network, operator, carrier, area, area name, location, breakout name, terminating network
destination: направление, направления, назначение, наименование, наименование направления, название, название направления, регион, зона, оператор, описание
destination: ziel, zielname, zielland, zielgebiet, bezeichnung, netz, zone, beschreibung
destination: libellé, réseau, opérateur, nom, nom de destination
destination: destino, destinos, nombre, zona, descripción, red, operador, nombre de destino
destination: 目的地, 地区, 名称, 方向, 落地, 目的地名称, 运营商, 国家 地区
per_minute: rate, rates, price, prices, cost, tariff, per minute, rate per minute, price per minute, cost per minute, rate min, price min, cost min, minute rate, minute price, call rate, voice rate, unit price, unit rate, buy rate, sell rate, new rate, new price, current rate, current price, amount, charge per minute, minute charge, ppm, price rate
per_minute: цена, тариф, стоимость, ставка, цена за минуту, цена минуты, стоимость минуты, тариф за минуту, цена мин, цена за мин, тариф мин, стоимость мин, новая цена, новый тариф
per_minute: preis, preise, minutenpreis, preis pro minute, preis je minute, preis min, tarif, tarife, kosten, entgelt, preis pro min
per_minute: prix, tarif, prix par minute, prix minute, prix à la minute, prix min, tarif par minute, coût, coût par minute, tarif minute
per_minute: precio, tarifa, precio por minuto, precio minuto, precio min, tarifa por minuto, costo, coste, costo por minuto, coste por minuto
per_minute: 费率, 单价, 价格, 每分钟, 资费, 每分钟价格, 每分钟费率, 分钟单价
connection_fee: connection fee, connect fee, connection charge, connect charge, connection, setup fee, setup charge, set up fee, setup, call setup, call setup fee, connection cost, setup cost, answer fee, flag fall, flagfall, =surcharge
connection_fee: плата за соединение, стоимость соединения, соединение, плата за установление, установка соединения
connection_fee: verbindungsgebühr, verbindungsentgelt, verbindungskosten, einmalgebühr, verbindungsaufbau
connection_fee: frais de connexion, frais d établissement, coût de connexion, frais de mise en relation, connexion
connection_fee: cargo de conexión, costo de conexión, coste de conexión, establecimiento, establecimiento de llamada, cuota de conexión, conexión
connection_fee: 接通费, 连接费, 接续费
minimum_charge: =minimum, minimum charge, min charge, minimum cost, min cost, minimum price, minimum amount, минимальная плата, минимальный платеж, минимальная стоимость, mindestgebühr, mindestentgelt, mindestpreis, charge minimale, facturation minimale, minimum facturé, cargo mínimo, costo mínimo, importe mínimo, 最低收费, 最低消费
attempt_fee: attempt fee, attempt charge, per attempt, call attempt fee, fee per attempt, short call fee, плата за попытку, цена попытки, стоимость попытки, gebühr pro versuch, versuchsgebühr, frais par tentative, coût par tentative, cargo por intento, costo por intento, 尝试费, 试呼费
increments: increment, increments, billing increment, billing increments, billing, billing terms, billing scheme, billing pattern, billing cycle, billing interval, billing type, charging increment, charge increment, interval, intervals, rounding, pulse, call increments, rate increment, duration increment
increments: =шаг, тарификация, шаг тарификации, интервал тарификации, интервалы тарификации, биллинг, округление, тип тарификации, дискретность
increments: taktung, takt, abrechnungstakt, taktungen, takte
increments: incrément, incréments, palier, facturation, pas de facturation, cadence, incrément de facturation
increments: incremento, incrementos, facturación, tasación, incremento de facturación, incrementos de facturación
increments: 计费周期, 计费单位, 计费增量, 计费间隔, 计费方式
first: first, first increment, first interval, initial increment, initial interval, initial, initial period, first period, first s, minimum duration, min duration, min time, minimum time, minimum interval, minimum increment, min increment, interval 1, первый интервал, начальный интервал, первый шаг, минимальная длительность, минимальное время, erster takt, ersttakt, ersttaktung, mindestdauer, premier incrément, première tranche, premier palier, durée minimale, primer incremento, incremento inicial, duración mínima, 首次计费, 首周期, 起始计费, 首段, 最短时长
next: next, next increment, next interval, subsequent increment, subsequent interval, subsequent, additional increment, recurring increment, next period, second increment, succeeding increment, further increment, increment next, next s, interval n, следующий интервал, следующие интервалы, последующий интервал, последующие интервалы, следующий шаг, folgetakt, zweiter takt, folgetaktung, incrément suivant, incréments suivants, tranche suivante, palier suivant, incremento siguiente, siguiente incremento, incrementos siguientes, 后续计费, 后续周期, 续段
grace: grace, grace s, grace sec, grace seconds, grace period, grace time, grace interval, льготный период, льготный интервал, бесплатный порог, karenzzeit, délai de grâce, période de grâce, período de gracia, segundos de gracia, 宽限期, 宽限时间, 宽限秒数
free: =free, free s, free sec, free seconds, free time, free period, seconds free, бесплатные секунды, бесплатное время, freisekunden, freie sekunden, secondes gratuites, segundos gratis, segundos gratuitos, 免费秒数, 免费时长
steps: steps, price steps, rate steps, stepped price, stepped prices, stepped rate, stepped rates, rate tiers, price tiers, ступени, ступени тарифа, preisstufen, paliers de prix, escalones de precio, 阶梯费率, 阶梯价格
step_after: step after, step after s, step from, step begins, step start, price 2 after, rate 2 after, next price after, порог ступени, ступень после, stufe ab, palier après, escalón desde, 阶梯起点
step_price: step price, step rate, price 2, rate 2, price after step, rate after step, цена ступени, тариф ступени, stufenpreis, prix du palier, precio del escalón, 阶梯单价
effective_from: effective from, effective, effective date, date effective, eff date, effective since, effective on, effective as of, valid from, from date, start date, date from, active from, valid since, activation date, begin date, rate effective date, new rate effective date, effectivedate, validfrom
effective_from: дата начала, начало действия, дата начала действия, действует с, действителен с, дата вступления, дата вступления в силу, вступает в силу, вступление в силу, с даты, дата введения, дата активации, дата
effective_from: gültig ab, gültig von, gültig seit, startdatum, wirksam ab, beginn, ab datum, datum
effective_from: date d effet, date effective, valable à partir du, valable du, date de début, à partir du, entrée en vigueur, date d entrée en vigueur, valide à partir du
effective_from: fecha efectiva, fecha de inicio, fecha inicio, vigencia, vigencia desde, válido desde, vigente desde, desde, fecha de vigencia, fecha de entrada en vigor, inicio de vigencia
effective_from: 生效日期, 生效时间, 开始日期, 起始日期, 生效, 开始时间, 生效日
effective_to: effective to, effective until, effective till, valid to, valid until, valid till, valid through, to date, end date, date to, expiry, expiry date, expiration date, expires, active to, validto, stop date
effective_to: дата окончания, окончание действия, дата окончания действия, действует до, действителен до, по дату, до даты
effective_to: gültig bis, enddatum, ende
effective_to: date de fin, valable jusqu au, jusqu au, fin de validité, date d expiration
effective_to: fecha fin, fecha de fin, válido hasta, vigente hasta, hasta, fecha de vencimiento, vigencia hasta, fin de vigencia
effective_to: 失效日期, 结束日期, 截止日期, 失效时间, 到期日期, 到期, 有效期至, 结束时间
days: days, day, days of week, day of week, weekdays, дни, дни недели, день недели, tage, wochentage, jours, jours de la semaine, días, días de la semana, 星期, 星期几
time: time, time window, time of day, hours, time band, time range, window, время, часы, время суток, uhrzeit, zeitfenster, zeit, zeitraum, plage horaire, heures, horaires, horario, horas, franja horaria, 时段, 时间段
start: start time, time from, from time, time start, begin time, время начала, startzeit, heure de début, hora de inicio, hora inicio
end: end time, time to, to time, time end, время окончания, endzeit, heure de fin, hora de fin, hora fin
status: status, state, action, change, changes, change type, change status, rate change, change code, type of change, change indicator, статус, состояние, действие, изменение, изменения, тип изменения, zustand, aktion, änderung, änderungen, statut, état, modification, changement, estado, estatus, acción, cambio, 状态, 操作, 变更, 变化
blocked: blocked, block, barred, is blocked, closed, заблокировано, заблокирован, закрыто, gesperrt, gesperrt ja nein, bloqué, fermé, bloqueado, cerrado, 封锁, 关闭, 屏蔽
active: active, enabled, is active, open, активно, активен, включено, aktiv, freigegeben, actif, activo, habilitado, 启用, 有效
currency: currency, ccy, curr, iso currency, валюта, währung, devise, monnaie, moneda, divisa, 币种, 货币
ignore: comment, comments, note, notes, remark, remarks, id, no, old rate, old price, previous rate, previous price, prev rate, prev price, last rate, last price, difference, diff, delta, change percent, percent change, percent, variation, quality, route type, type, product, iso, iso code, country iso, mcc, mnc, mccmnc
ignore: комментарий, комментарии, примечание, примечания, старая цена, старый тариф, предыдущая цена, предыдущий тариф, прежняя цена, разница, номер, п п
ignore: bemerkung, bemerkungen, kommentar, anmerkung, alter preis, bisheriger preis, differenz, nr
ignore: commentaire, commentaires, remarque, ancien prix, ancien tarif, prix précédent, différence
ignore: comentario, comentarios, nota, observaciones, precio anterior, tarifa anterior, diferencia
ignore: 备注, 说明, 旧价格, 原价, 旧费率, 序号, 差价
`

// headerWord is one name of a field.
type headerWord struct {
	field  Field
	text   string // as plain makes it
	padded string // with a blank at both ends
	han    bool   // written without blanks between words
	whole  bool   // counts only when it is all of the header
}

func headerWords() []headerWord {
	var words []headerWord
	for line := range strings.SplitSeq(vocabulary, "\n") {
		field, names, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		for name := range strings.SplitSeq(names, ",") {
			text := plain(name)
			words = append(words, headerWord{Field(field), text, " " + text + " ", hasHan(text), strings.HasPrefix(strings.TrimSpace(name), "=")})
		}
	}
	return words
}

// plain is a text as two spellings of it agree: lower case, no accents, words
// with one blank between them. A % becomes the word percent.
func plain(s string) string {
	var b strings.Builder
	blank := false
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == '%':
			b.WriteString(" percent")
			blank = true
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if blank && b.Len() > 0 {
				b.WriteByte(' ')
			}
			blank = false
			b.WriteRune(unicode.ToLower(r))
		default:
			blank = true
		}
	}
	return strings.TrimSpace(b.String())
}

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
