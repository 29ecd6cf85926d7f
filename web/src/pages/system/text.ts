import { useMemo } from 'react'
import { area } from '../../i18n'
import auditEn from '../../i18n/audit.en'
import auditRu from '../../i18n/audit.ru'
import en from '../../i18n/system.en'
import ru from '../../i18n/system.ru'

export const useSystem = area(en, ru)

const useLog = area(auditEn, auditRu)
const known = Object.keys(auditEn)

/** useAuditWords says what was done, and to what kind of thing; and what can be chosen. */
export function useAuditWords() {
  const t = useLog()
  return useMemo(() => {
    const kind = (of: string) => (known.includes(`of_${of}`) ? t(`of_${of}` as 'of_deck') : of)
    const action = (name: string) => t(name as 'create')
    const choice = (list: string[], word: (name: string) => string) => list.map((value) => ({ value, label: word(value) })).sort((a, b) => a.label.localeCompare(b.label))
    return {
      action,
      kind,
      actions: choice(known.filter((name) => !name.startsWith('of_')), action),
      kinds: choice(known.filter((name) => name.startsWith('of_')).map((name) => name.slice(3)), kind),
    }
  }, [t])
}

export const roles = ['admin', 'operator', 'analyst', 'agent', 'customer'] as const
