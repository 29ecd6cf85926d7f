// All browser tests, on one stack: node --test e2e/*.test.mjs
import './pages.mjs'
import './work.mjs'
