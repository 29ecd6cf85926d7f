import { area } from '../../i18n'
import en from '../../i18n/money.en'
import ru from '../../i18n/money.ru'

export const useMoney = area(en, ru)
export type MoneyText = keyof typeof en
