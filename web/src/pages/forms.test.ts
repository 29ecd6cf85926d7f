// What a form sends without a change is what the API told: nothing is lost, and null,
// an empty list, an empty text, false and 0 stay apart. A field that the API gets later
// does not compile here until a sample has it, and fails until its form has it.
import { describe, expect, test } from 'vitest'
import type { Schema } from '../api'
import { sent as accountBody, settingsOf as accountValues } from './money/AccountForm'
import { sent as tariffBody, settingsOf as tariffValues } from './money/Tariffs'
import { dutyBody, dutyValues } from './numbers/dutyForm'
import { numberValues } from './numbers/fields'
import { policyBody, policyValues } from './policies/PolicyTable'
import { policyRuleValues, routeRuleValues } from './policies/RuleTables'
import { blockValues, stopBody, stopValues } from './policies/StopAndBlock'
import { replayBody, replayValues } from './replays/request'
import { channelBody, channelValues } from './alarms/channelForm'
import { ruleBody, ruleValues } from './alarms/ruleForm'
import { addressValues } from './routing/Addresses'
import { gateBody, gateValues } from './routing/Gates'
import { providerValues } from './routing/providerForm'
import { serverValues } from './servers/serverForm'
import { telephoneBody, telephoneValues } from './servers/Telephones'
import { fitting, settings as userValues } from './system/UserForm'

type Json = Record<string, unknown>
type Told<N extends Parameters<typeof name>[0]> = Required<Schema<N>>
const name = <N extends keyof import('../api/schema.gen').components['schemas']>(n: N) => n

// Secrets are never told; to send none leaves the one that is kept.
const secrets = ['password', 'secret', 'new_secret']
const json = (value: unknown) => JSON.parse(JSON.stringify(value)) as Json
const empty = (value: unknown) => value === '' || value === 0 || value === false || value === null || (Array.isArray(value) && value.length === 0)

/** same: what is sent is what was told. Left out stands for null, or for nothing where nothing was told. */
function same(told: object, body: object, readOnly: readonly string[]) {
  const [before, after] = [json(told), json(body)]
  for (const field of [...readOnly, ...secrets]) delete before[field]
  for (const [field, value] of Object.entries(before)) expect(after[field] ?? null, field).toEqual(value)
  for (const [field, value] of Object.entries(after)) if (!(field in before)) expect(empty(value), `${field} was not told, and ${JSON.stringify(value)} is sent`).toBe(true)
}

const zone = 'Europe/Moscow'
const match = { id: 3, account: 'Retail', account_id: 7, a_prefix: '7495', b_prefix: '44', types: ['mobile'] as const, countries: ['GB'], regions: ['London'], quiet_from: '22:00', quiet_to: '08:00', days: ['mon', 'sun'] as const, from: '08:00', to: '24:00', time_zone: 'Asia/Almaty' }
const anyMatch = { id: 3, account: '', account_id: null, a_prefix: '', b_prefix: '', types: [], countries: [], regions: [], quiet_from: '', quiet_to: '', days: [], from: '00:00', to: '00:00', time_zone: 'UTC' }

const provider: Told<'Provider'> = { id: 1, name: 'VoxBeam', currency: 'USD', currency_id: 2, enabled: false, noncli_prefix: '', cli_prefix: '0111', premium_prefix: null, cli_allowed: true, dynamic_calls: true, append_plus: true, default_cli: '74951815000', channels: 30, cps: 5 }
const gate: Told<'Gate'> = { id: 1, name: 'g1', number_id: 4, number: '74951815000', provider_id: 1, provider: 'P', server_id: 2, server: 'S', enabled: false, host: 'sip.example.net', port: 5080, login: 'l', password: '', has_password: true, channels: 2, cps: 1, cid_support: true, context: 'c', comment: 'x' }
const address: Told<'Address'> = { id: 1, provider_id: 9, provider: 'P', address: '192.0.2.0/24', domain: 'd.example', direction: 'IN', protocol: 'IAX2', port: 4569, proxy: 'p:1' }
const server: Told<'Server'> = { id: 1, name: 's', address: '192.0.2.1', addresses: ['::1'], location: 2, comment: 'c', sip: 'SIP/a', iax2: 'IAX2/a', iax2_control: 'IAX2/b', protocol: 'SIP', driver: 'chan_sip' }
const telephone: Told<'Subscriber'> = { id: 1, login: 'retail-1', secret: '', new_secret: '', account_id: 7, account: 'A', server_id: 2, server: 'S', extension: '101', enabled: false, numbers: ['74951815000'] }
const number: Told<'Number'> = { id: 1, number: '74951815000', provider_id: 1, provider: 'P', server_id: 2, server: 'S', account_id: 3, account: 'A', direction: 'IN', enabled: false, virtual: true, echo_test: true, destination_subscriber_id: 5, destination_subscriber: 'd', destination_number: '44', gates: 'g1' }
const policy: Told<'Policy'> = { id: 1, name: 'p', kind: 'band_share', band_percent: '5.00', min_tier: 'cli', routes: [{ provider_id: 1, provider: 'P', tier: null, place: 1, weight: 3 }, { provider_id: 2, provider: 'Q', tier: 'cli', place: 2, weight: 1 }] }
const routeRule: Told<'RouteRule'> = { ...match, days: [...match.days], types: [...match.types], action: 'force', provider_id: 1, provider: 'P', tier: 'cli', gate_id: 4, gate: 'g', enabled: false, comment: 'c' }
const stop: Told<'StopRule'> = { id: 1, provider_id: 2, provider: 'P', sip_status: 486, cause: 17, rang: false, stop: true, release_cause: 17, comment: 'c' }
const duty: Told<'DutyOperator'> = { id: 1, subscriber_id: 2, subscriber: 's', server_id: 3, server: 'S', number_id: null, number: '' }
const tariff: Told<'Tariff'> = { id: 1, name: 't', currency_id: 2, currency: 'USD', cost_plus: true, percent: '12.50', per_minute: '0.010000', accounts: 4, deck_id: 5 }
const user: Told<'User'> = { id: 1, login: 'l', name: 'n', email: 'e@example.net', role: 'customer', account_id: 3, account: 'A', subscriber_id: 0, subscriber: '', language: 'ru', time_zone: zone, enabled: false, totp: true, has_password: true, signed_in_at: '2026-11-22T10:00:00Z', created_at: '2026-11-22T10:00:00Z' }
const account: Told<'Account'> = { id: 1, name: 'Retail', enabled: false, payment: 'postpaid', currency: 'EUR', tariff_id: 2, tariff: 'T', credit_limit: '0.000000', daily_limit: '10.000000', call_limit: '0.000000', low_balance: '0.000000', channels: 3, cps: 1, min_tier: 'cli', no_loss: false, max_per_minute: '0.000000', max_connection_fee: '0.100000', country: 'RU', international_prefix: '810', trunk_prefix: '8', default_cli: '74951815000', allow: ['44', '7'], block: ['882'], language: 'ru', time_zone: zone }
const noLimits = { credit_limit: null, daily_limit: null, call_limit: null, low_balance: null, max_per_minute: null, max_connection_fee: null }

const alarmRule: Told<'AlarmRule'> = { id: 1, name: 'r', measure: 'asr', unit: 'percent', condition: 'drop', value: '40', clear: '20', each: ['provider', 'country'], only: [{ what: 'country', values: ['FR'] }], window_s: 3600, for_s: 0, clear_for_s: 600, min_samples: 100, min_money: '10', repeat_s: 900, severity: 'critical', silent_from: '22:00', silent_to: '07:00', silent_zone: 'Asia/Almaty', channel_ids: [4], channels: [{ id: 4, name: 'c', kind: 'email' }], comment: 'x', enabled: false }
const channel: Told<'AlarmChannel'> = { id: 1, name: 'c', kind: 'webhook', url: 'https://noc.example.com/a', secret: '', new_secret: '', to: [], min_severity: 'warning', silent_from: '22:00', silent_to: '07:00', silent_zone: 'Asia/Almaty', comment: 'x', enabled: false }
const mail: Told<'AlarmChannel'> = { ...channel, kind: 'email', url: '', to: ['noc@example.com'] }
const spend = { name: 'spend', each: ['account'], each_is_fixed: true, unit: 'money', source: 'charges', conditions: ['above'], only: ['account'], longest_window_s: 3600, samples: false, text: '' } as const

const cases: [what: string, told: object, body: object, readOnly: readonly string[]][] = [
  ['provider', provider, providerValues(provider), ['id', 'currency']],
  ['provider that sells one way', { ...provider, noncli_prefix: null, cli_prefix: null, channels: 0, cps: 0, default_cli: '' }, providerValues({ ...provider, noncli_prefix: null, cli_prefix: null, channels: 0, cps: 0, default_cli: '' }), ['id', 'currency']],
  ['gate', gate, gateBody(gateValues(gate)), ['id', 'number', 'provider', 'provider_id', 'server', 'has_password']],
  ['bare gate', { ...gate, port: null, login: '', has_password: false, channels: 0, enabled: true }, gateBody(gateValues({ ...gate, port: null, login: '', has_password: false, channels: 0, enabled: true })), ['id', 'number', 'provider', 'provider_id', 'server', 'has_password']],
  ['address', address, addressValues(9, address), ['id', 'provider']],
  ['bare address', { ...address, domain: '', port: null, proxy: '' }, addressValues(9, { ...address, domain: '', port: null, proxy: '' }), ['id', 'provider']],
  ['server', server, serverValues(server), ['id']],
  ['bare server', { ...server, addresses: [], location: 0, address: '' }, serverValues({ ...server, addresses: [], location: 0, address: '' }), ['id']],
  ['telephone', telephone, telephoneBody(telephoneValues(telephone)), ['id', 'account', 'server']],
  ['number', number, numberValues(number), ['id', 'provider', 'server', 'account', 'destination_subscriber', 'gates']],
  ['free number', { ...number, server_id: null, account_id: null, destination_subscriber_id: null, destination_number: '' }, numberValues({ ...number, server_id: null, account_id: null, destination_subscriber_id: null, destination_number: '' }), ['id', 'provider', 'server', 'account', 'destination_subscriber', 'gates']],
  ['policy rule', { ...match, position: 0, policy_id: 2, policy: 'p' }, policyRuleValues(zone, { ...match, days: [...match.days], types: [...match.types], position: 0, policy_id: 2, policy: 'p' } satisfies Told<'PolicyRule'>), ['id', 'account', 'policy']],
  ['policy rule for all', { ...anyMatch, position: 1, policy_id: 2, policy: 'p' }, policyRuleValues(zone, { ...anyMatch, position: 1, policy_id: 2, policy: 'p' }), ['id', 'account', 'policy']],
  ['route rule', routeRule, routeRuleValues(zone, routeRule), ['id', 'account', 'provider', 'gate']],
  ['route rule for all', { ...routeRule, ...anyMatch, provider_id: null, tier: null, gate_id: null }, routeRuleValues(zone, { ...routeRule, ...anyMatch, provider_id: null, tier: null, gate_id: null }), ['id', 'account', 'provider', 'gate']],
  ['block', { id: 1, side: 'A', prefix: '882', types: ['premium'], countries: ['FR'], regions: ['Paris'], account_id: 4, account: 'A', comment: 'c' }, blockValues({ id: 1, side: 'A', prefix: '882', types: ['premium'], countries: ['FR'], regions: ['Paris'], account_id: 4, account: 'A', comment: 'c' } satisfies Told<'Block'>), ['id', 'account']],
  ['block of a kind', { id: 1, side: 'B', prefix: '', types: ['premium', 'shared_cost'], countries: [], regions: [], account_id: null, account: '', comment: '' }, blockValues({ id: 1, side: 'B', prefix: '', types: ['premium', 'shared_cost'], countries: [], regions: [], account_id: null, account: '', comment: '' }), ['id', 'account']],
  ['block for all', { id: 1, side: 'B', prefix: '882', types: [], countries: [], regions: [], account_id: null, account: '', comment: '' }, blockValues({ id: 1, side: 'B', prefix: '882', types: [], countries: [], regions: [], account_id: null, account: '', comment: '' }), ['id', 'account']],
  ['alarm rule', alarmRule, ruleBody([])(ruleValues(zone, alarmRule)), ['id', 'unit', 'channels']],
  ['bare alarm rule', { ...alarmRule, clear: null, each: [], only: [], channel_ids: [], silent_from: '', silent_to: '' }, ruleBody([])(ruleValues(zone, { ...alarmRule, clear: null, each: [], only: [], channel_ids: [], silent_from: '', silent_to: '' })), ['id', 'unit', 'channels']],
  ['webhook', channel, channelBody(channelValues(zone, channel)), ['id']],
  ['e-mail', mail, channelBody(channelValues(zone, mail)), ['id']],
  ['duty operator of a server', duty, dutyBody(dutyValues(duty)), ['id', 'subscriber', 'server', 'number']],
  ['duty operator of a number', { ...duty, server_id: null, number_id: 8 }, dutyBody(dutyValues({ ...duty, server_id: null, number_id: 8 })), ['id', 'subscriber', 'server', 'number']],
  ['tariff at a markup', tariff, tariffBody(tariffValues(tariff)), ['id', 'currency', 'accounts', 'deck_id']],
  ['tariff with a deck', { id: 1, name: 't', currency_id: 2, currency: 'USD', cost_plus: false, accounts: 0 }, tariffBody(tariffValues({ id: 1, name: 't', currency_id: 2, currency: 'USD', cost_plus: false, accounts: 0 })), ['id', 'currency', 'accounts', 'deck_id']],
  ['customer', { ...user, subscriber_id: undefined }, fitting(userValues({ ...user, subscriber_id: undefined })), ['id', 'account', 'subscriber', 'totp', 'has_password', 'signed_in_at', 'created_at']],
  ['agent', { ...user, role: 'agent', account_id: undefined, subscriber_id: 5 }, fitting(userValues({ ...user, role: 'agent', account_id: undefined, subscriber_id: 5 })), ['id', 'account', 'subscriber', 'totp', 'has_password', 'signed_in_at', 'created_at']],
  ['user that told nothing', { ...user, role: 'analyst', name: undefined, email: undefined, language: undefined, time_zone: undefined, account_id: undefined, subscriber_id: undefined }, fitting(userValues({ ...user, role: 'analyst', name: undefined, email: undefined, language: undefined, time_zone: undefined, account_id: undefined, subscriber_id: undefined })), ['id', 'account', 'subscriber', 'totp', 'has_password', 'signed_in_at', 'created_at']],
]

describe('a form sends what it was told', () => {
  test.each(cases)('%s', (_, told, body, readOnly) => same(told, body, readOnly))

  test.each([
    ['only these prefixes', account],
    ['any prefix', { ...account, allow: null }],
    ['no prefix at all', { ...account, allow: [] }],
    ['no limits', { ...account, ...noLimits, block: [], channels: 0, cps: 0, country: '' }],
    ['not sold', { ...account, tariff_id: undefined, currency: undefined }],
  ])('account: %s', (_, told) => {
    const body = accountBody(accountValues(told))
    same(told, body, ['id', 'tariff'])
    expect(body.allow, 'null is any, an empty list is none').toEqual(told.allow)
  })

  test.each([null, true, false])('stop rule: rang %s', (rang) => same({ ...stop, rang }, stopBody(stopValues({ ...stop, rang })), ['id', 'provider']))
  test('stop rule that goes on', () => {
    const told = { ...stop, provider_id: null, sip_status: null, cause: null, rang: null, stop: false, release_cause: null }
    same(told, stopBody(stopValues(told)), ['id', 'provider'])
  })

  test.each([policy, { ...policy, routes: [] }])('policy $routes.length', (told) => same({ ...told, routes: told.routes.map(({ provider: _, ...r }) => r) }, policyBody(policyValues(told)), ['id']))

  test('a replay that is run again', () => {
    const asked = { from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z', examples: 10 }
    for (const more of [{}, { decks: [4, 5], account_id: 3, sample: 10, at: '2026-11-08T00:00:00Z' }, { policy_id: 2 }, { policy: { kind: 'band_share' as const, min_tier: 'cli', band_percent: '5.00', routes: [{ provider_id: 1, tier: 'cli', weight: 2 }] } }, { policy: { kind: 'priority' as const, min_tier: 'noncli', routes: [{ provider_id: 1, place: 1 }, { provider_id: 2, tier: 'cli', place: 2 }] } }]) {
      same({ ...asked, ...more }, replayBody(replayValues(0, { ...asked, ...more })), [])
    }
  })
})

test('an alarm rule is told by what its measure is always told by', () => {
  expect(ruleBody([spend as never])(ruleValues(zone, { ...alarmRule, measure: 'spend', each: ['provider'] })).each).toEqual(['account'])
})

describe('secrets', () => {
  test('of a webhook: stays, is typed, is made up anew', () => {
    const values = channelValues(zone, { ...channel, secret: 's' })
    expect('secret' in json(channelBody(values))).toBe(false)
    expect(channelBody({ ...values, secret: 'whsec_x' }).secret).toBe('whsec_x')
    expect(channelBody({ ...values, renew: true }).secret).toBe('')
  })

  test('are sent when typed, and a gate’s is taken away when told so', () => {
    expect(gateBody({ ...gateValues(gate), password: 'new one' }).password).toBe('new one')
    expect(gateBody({ ...gateValues(gate), drop_password: true }).password).toBe('')
    expect('password' in json(gateBody({ ...gateValues(gate), password: '' }))).toBe(false)
    expect(telephoneBody({ ...telephoneValues(telephone), secret: 'a long secret' }).secret).toBe('a long secret')
  })

  test('are out of the form when it is saved', () => {
    expect(gateValues({ ...gate, password: 'p' }).password).toBeUndefined()
    expect(telephoneValues({ ...telephone, secret: 's' }).secret).toBeUndefined()
  })
})
