import type { Texts } from '.'
import type en from './places.en'

const ru: Texts<typeof en> = {
  unknown: 'неизвестно',
  fixed: 'стационарный',
  mobile: 'мобильный',
  fixed_or_mobile: 'стационарный или мобильный',
  toll_free: 'бесплатный',
  premium: 'платная услуга',
  shared_cost: 'с разделённой оплатой',
  voip: 'VoIP',
  personal: 'персональный',
  pager: 'пейджер',
  uan: 'номер компании',
  voicemail: 'голосовая почта',
  global: 'всемирные услуги',
}
export default ru
