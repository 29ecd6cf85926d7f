// What needs attention, as the API tells it (ui/problems.ts).
export default {
  nodeSilent: 'Node {name} is silent since {since}',
  serverSilent: 'Server {name} gives no answer',
  serverLost: 'Server {name} gives no answer; its calls are shown as they were seen last',
  spoolWaits: '{count} {count|record waits|records wait} on the disk of node {name} for the database',
  spoolRefused: 'The database refused {count} {count|record|records} of node {name}; its log names them',
  moneyUnknown: 'The money of some calls is not known just now',
  recordsUnknown: 'The records of some calls are not known just now',
  balanceUnknown: 'The balance is not known just now',
  partly: 'Not everything is known just now: calls or the balance may be old',
  counting: 'The calls of the last 24 hours are still being counted',
  databaseSilent: 'The database does not answer: {what}',
  'calls are not counted just now': 'calls are not counted just now',
  'nodes and servers are shown as they were': 'nodes and servers are shown as they were',
}
