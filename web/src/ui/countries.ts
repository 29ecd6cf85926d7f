// Calling codes (ITU E.164) and their countries (ISO 3166). Where several countries
// share a code, its main one; longer codes below take parts of it out.
const table =
  '1US 1204CA 1226CA 1236CA 1249CA 1250CA 1263CA 1289CA 1306CA 1343CA 1365CA 1367CA 1403CA 1416CA 1418CA 1431CA 1437CA 1438CA 1450CA 1506CA 1514CA 1519CA 1548CA 1579CA 1581CA 1587CA 1604CA 1613CA 1639CA 1647CA 1672CA 1705CA 1709CA 1778CA 1780CA 1782CA 1807CA 1819CA 1825CA 1867CA 1873CA 1902CA 1905CA ' +
  '1242BS 1246BB 1264AI 1268AG 1284VG 1340VI 1345KY 1441BM 1473GD 1649TC 1658JM 1664MS 1670MP 1671GU 1684AS 1721SX 1758LC 1767DM 1784VC 1787PR 1809DO 1829DO 1849DO 1868TT 1869KN 1876JM 1939PR ' +
  '20EG 211SS 212MA 213DZ 216TN 218LY 220GM 221SN 222MR 223ML 224GN 225CI 226BF 227NE 228TG 229BJ 230MU 231LR 232SL 233GH 234NG 235TD 236CF 237CM 238CV 239ST 240GQ 241GA 242CG 243CD 244AO 245GW 246IO 247AC 248SC 249SD 250RW 251ET 252SO 253DJ 254KE 255TZ 256UG 257BI 258MZ 260ZM 261MG 262RE 263ZW 264NA 265MW 266LS 267BW 268SZ 269KM 27ZA 290SH 291ER 297AW 298FO 299GL ' +
  '30GR 31NL 32BE 33FR 34ES 350GI 351PT 352LU 353IE 354IS 355AL 356MT 357CY 358FI 359BG 36HU 370LT 371LV 372EE 373MD 374AM 375BY 376AD 377MC 378SM 380UA 381RS 382ME 383XK 385HR 386SI 387BA 389MK 39IT ' +
  '40RO 41CH 420CZ 421SK 423LI 43AT 44GB 45DK 46SE 47NO 48PL 49DE 500FK 501BZ 502GT 503SV 504HN 505NI 506CR 507PA 508PM 509HT 51PE 52MX 53CU 54AR 55BR 56CL 57CO 58VE 590GP 591BO 592GY 593EC 594GF 595PY 596MQ 597SR 598UY 599CW ' +
  '60MY 61AU 62ID 63PH 64NZ 65SG 66TH 670TL 672NF 673BN 674NR 675PG 676TO 677SB 678VU 679FJ 680PW 681WF 682CK 683NU 685WS 686KI 687NC 688TV 689PF 690TK 691FM 692MH ' +
  '7RU 76KZ 77KZ 81JP 82KR 84VN 850KP 852HK 853MO 855KH 856LA 86CN 870INMARSAT 880BD 881GMSS 882XV 883XV 886TW 90TR 91IN 92PK 93AF 94LK 95MM 960MV 961LB 962JO 963SY 964IQ 965KW 966SA 967YE 968OM 970PS 971AE 972IL 973BH 974QA 975BT 976MN 977NP 979XV 98IR 992TJ 993TM 994AZ 995GE 996KG 998UZ 800XT'

const codes = new Map(table.split(' ').map((t) => [t.match(/^\d+/)![0], t.replace(/^\d+/, '')]))

/** country finds whose a number is: its calling code and ISO code. */
export function country(digits: string): { code: string; iso: string } | undefined {
  let found: string | undefined
  for (let n = 1; n <= 4; n++) {
    if (codes.has(digits.slice(0, n))) found = digits.slice(0, n)
  }
  if (!found) return undefined
  // Of +1 and +7 only one digit is the calling code.
  const code = found.startsWith('1') || found.startsWith('7') ? found.slice(0, 1) : found
  return { code, iso: codes.get(found)! }
}

/** international writes E.164 digits in groups that one can read aloud. */
export function international(number: string): string {
  const digits = number.replace(/^\+/, '')
  if (!/^\d{7,15}$/.test(digits)) return number
  const of = country(digits)
  if (!of) return `+${digits}`
  const rest = digits.slice(of.code.length)
  if (of.code === '1' && rest.length === 10) return `+1 ${rest.slice(0, 3)} ${rest.slice(3, 6)} ${rest.slice(6)}`
  if (of.code === '7' && rest.length === 10) return `+7 ${rest.slice(0, 3)} ${rest.slice(3, 6)}-${rest.slice(6, 8)}-${rest.slice(8)}`
  return `+${of.code} ${groups(rest)}`
}

// Threes, and what is left over in a last group of two to four.
function groups(rest: string) {
  const parts: string[] = []
  while (rest.length > 4) {
    parts.push(rest.slice(0, 3))
    rest = rest.slice(3)
  }
  return [...parts, rest].join(' ')
}
