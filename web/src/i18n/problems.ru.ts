import type { Texts } from '.'
import type en from './problems.en'

const ru: Texts<typeof en> = {
  nodeSilent: 'Узел {name} молчит с {since}',
  serverSilent: 'Сервер {name} не отвечает',
  serverLost: 'Сервер {name} не отвечает; его звонки показаны такими, какими их видели последний раз',
  spoolWaits: '{count} {count|запись ждёт|записи ждут|записей ждут} базу данных на диске узла {name}',
  spoolRefused: 'База данных отказалась принять {count} {count|запись|записи|записей} узла {name}; они названы в его журнале',
  moneyUnknown: 'Деньги некоторых звонков сейчас неизвестны',
  recordsUnknown: 'Записи некоторых звонков сейчас неизвестны',
  balanceUnknown: 'Баланс сейчас неизвестен',
  partly: 'Сейчас известно не всё: звонки или баланс могут быть старыми',
  counting: 'Звонки за последние 24 часа ещё подсчитываются',
  databaseSilent: 'База данных не отвечает: {what}',
  'calls are not counted just now': 'звонки сейчас не сосчитаны',
  'nodes and servers are shown as they were': 'узлы и серверы показаны прежние',
}

export default ru
