// What was left out, by reason: a line a reason, under a fold the candidates.
import { Anchor, Button } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import { Icon } from '../../ui'
import { addressOfRule, groupDropped, keyOf, ruleOf, type DropGroup, type Dropped, type Told } from './argument'
import { useSay } from './say'

/** few candidates of a reason stand in its line; more are under the fold. */
const few = 6

export function DroppedList({ told }: { told: Told }) {
  const { t } = useSay()
  const groups = groupDropped(told.dropped)
  const count = (told.dropped ?? []).length + (told.cut ?? 0)
  const [open, setOpen] = useState(false)
  if (count === 0) return null
  const long = groups.some((g) => g.routes.length > few)
  return (
    <section className="y-dropped" aria-label={t('dropped', { count })}>
      <div className="y-head">
        <div>
          <h3>{t('dropped', { count })}</h3>
          <span className="t-dim">{t('droppedHelp')}</span>
        </div>
        {long && (
          <Button variant="subtle" size="compact-xs" onClick={() => setOpen(!open)} aria-expanded={open} rightSection={<Icon name={open ? 'up' : 'down'} size={12} />}>
            {open ? t('droppedHide') : t('droppedShow')}
          </Button>
        )}
      </div>
      <ul className="y-groups">
        {groups.map((g) => (
          <Group key={g.reason} group={g} open={open} />
        ))}
      </ul>
      {Boolean(told.cut) && <p className="t-dim y-cut">{t('droppedCut', { count: told.cut! })}</p>}
    </section>
  )
}

function Group({ group, open }: { group: DropGroup; open: boolean }) {
  const { t, reasonWord } = useSay()
  const shown = open ? group.routes : group.routes.slice(0, few)
  const more = group.routes.length - shown.length
  return (
    <li>
      <div className="y-reason">
        <strong>{reasonWord(group.reason)}</strong> <span className="t-dim">{group.routes.length}</span>
        {group.detail && (
          <span className="y-detail">
            <Detail reason={group.reason} text={group.detail} />
          </span>
        )}
        <span className="t-dim y-cause">{t(`cause_${group.cause}`)}</span>
      </div>
      <div className="y-candidates">
        {shown.map((d, n) => (
          <Candidate key={n} of={d} detail={group.detail === undefined} />
        ))}
        {more > 0 && <span className="t-dim">+{more}</span>}
      </div>
    </li>
  )
}

// Detail is which rule, policy or gate says so.
function Detail({ reason, text }: { reason: string; text: string }) {
  const say = useSay()
  const rule = ruleOf(text)
  const to = rule && addressOfRule(rule.table, rule.id)
  if (!to) return <span className="t-dim">{say.detail(reason, text)}</span>
  return (
    <Anchor component={Link} href={to} inherit>
      {say.rule(text)}
    </Anchor>
  )
}

function Candidate({ of, detail }: { of: Dropped; detail: boolean }) {
  const say = useSay()
  const { t } = say
  const key = keyOf(of.key)
  const name = of.provider || say.way(key) || of.key
  return (
    <span className="y-candidate" title={[of.key, say.way(key)].filter(Boolean).join(' · ')}>
      {key.provider ? (
        <Anchor component={Link} href={`/providers/${key.provider}`} inherit>
          {name}
        </Anchor>
      ) : (
        name
      )}
      {of.tier && <span className="y-tier">{of.tier}</span>}
      {detail && of.detail && <Detail reason={of.reason} text={of.detail} />}
      {of.cost && <span className="t-dim t-num">{t('expectedCost', { cost: say.rate(of.cost) })}</span>}
    </span>
  )
}
