import { area } from '../../i18n'
import en from '../../i18n/servers.en'
import ru from '../../i18n/servers.ru'

export const useServers = area(en, ru)
