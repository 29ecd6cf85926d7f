import { area } from '../../i18n'
import providersEn from '../../i18n/providers.en'
import providersRu from '../../i18n/providers.ru'

export const useProviders = area(providersEn, providersRu)
