import { area } from '../i18n'
import en from '../i18n/shell.en'
import ru from '../i18n/shell.ru'

export const useShell = area(en, ru)
