// All browser tests, on one stack and in one browser: npm run e2e. One of them:
//
//	node --test --test-name-pattern='in Russian' e2e/*.test.mjs
import { sideBySide } from './doing.mjs'
import './hostile.mjs'
import './keyboard.mjs'
import './language.mjs'
import './map.mjs'
import './pages.mjs'
import './quality.mjs'
import './roles.mjs'
import './session.mjs'
import './speed.mjs'
import './together.mjs'
import './work.mjs'
import './alarms.mjs' // the last: rules wait for the demo's calls to be counted, half a minute after the start

sideBySide()
