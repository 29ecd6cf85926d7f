// Icons: strokes on a grid of 24, in the colour of the text.
const shapes = {
  overview: 'M4 13h6V4H4zM14 20h6V11h-6zM4 20h6v-3H4zM14 7h6V4h-6z',
  live: 'M3 12h4l3-8 4 16 3-8h4',
  calls: 'M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2',
  quality: 'M4 20V4M4 20h16M8 16v-4M12 16V7M16 16v-6',
  simulator: 'M4 6a2 2 0 1 0 4 0 2 2 0 0 0-4 0M16 18a2 2 0 1 0 4 0 2 2 0 0 0-4 0M8 6h7a3.5 3.5 0 0 1 0 7H9a3.5 3.5 0 0 0 0 7h7',
  providers: 'M12 14v7M8 21h8M7.8 9.8a6 6 0 1 1 8.4 0M10 7.6a3 3 0 1 1 4 0M12 6v0',
  numbers: 'M5 9h14M5 15h14M11 4 7 20M17 4l-4 16',
  decks: 'M4 5h16v4H4zM4 10.5h16v4H4zM4 16h16v4H4z',
  tariffs: 'M12 3 3 12l9 9 9-9V3zM15.5 8.5v0',
  policies: 'M4 6h9M17 6h3M4 12h3M11 12h9M4 18h9M17 18h3M13 4v4M7 10v4M13 16v4',
  accounts: 'M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8M2 21v-2a5 5 0 0 1 5-5h4a5 5 0 0 1 5 5v2M16 3.5a4 4 0 0 1 0 7M22 21v-2a5 5 0 0 0-3.5-4.6',
  ledger: 'M5 3h14v18l-3-2-2 2-2-2-2 2-2-2-3 2zM9 8h6M9 12h6',
  servers: 'M4 4h16v6H4zM4 14h16v6H4zM8 7v0M8 17v0',
  users: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M5 21v-1a5 5 0 0 1 5-5h4a5 5 0 0 1 5 5v1',
  keys: 'M15 3a6 6 0 1 0-5.2 9L4 18v3h3l1-1v-2h2v-2h2l1.5-1.5A6 6 0 0 0 15 3M16 8v0',
  audit: 'M12 8v4l3 2M3.1 11a9 9 0 1 1 .6 4M3 6v5h5',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M21 21l-5.9-5.9',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8M12 2v2M12 20v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2 12h2M20 12h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4',
  moon: 'M20 14.5A8.5 8.5 0 1 1 9.5 4 7 7 0 0 0 20 14.5',
  columns: 'M4 4h16v16H4zM9.5 4v16M14.5 4v16',
  download: 'M12 4v11M7.5 10.5 12 15l4.5-4.5M4 20h16',
  refresh: 'M20 11a8 8 0 0 0-14.5-3.5L4 9M4 4v5h5M4 13a8 8 0 0 0 14.5 3.5L20 15M20 20v-5h-5',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6 6 18',
  check: 'M5 12.5 10 17 19 7',
  copy: 'M8 8h12v12H8zM4 16V4h12',
  open: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  up: 'M6 15l6-6 6 6',
  down: 'M6 9l6 6 6-6',
  right: 'M9 6l6 6-6 6',
  left: 'M15 6l-6 6 6 6',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v5l3 3',
  warning: 'M12 4 2.5 20h19zM12 10v4M12 17v0',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 11v5M12 8v0',
  hangup: 'M3 15a14 14 0 0 1 18 0l-2.5 3-4-1.6V13.6a11 11 0 0 0-5 0v2.8l-4 1.6z',
  keyboard: 'M2 6h20v12H2zM6 10v0M10 10v0M14 10v0M18 10v0M7 14h10',
  bell: 'M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4',
  globe: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M3 12h18M12 3a14 14 0 0 1 0 18M12 3a14 14 0 0 0 0 18',
  balance: 'M3 7h18v12H3zM3 11h18M7 15h3',
  rates: 'M5 19 19 5M8 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4M16 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4',
  play: 'M7 4l13 8-13 8z',
  stop: 'M6 6h12v12H6z',
  menu: 'M4 6h16M4 12h16M4 18h16',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 14h10l1-14M10 11v6M14 11v6',
  upload: 'M12 15V4M7.5 8.5 12 4l4.5 4.5M4 20h16',
  star: 'M12 3.5l2.7 5.5 6 .9-4.4 4.2 1.1 6-5.4-2.8-5.4 2.8 1.1-6-4.4-4.2 6-.9z',
  replay: 'M4 12a8 8 0 1 0 2.5-5.8M4 4v5h5M11 9v4l3 2',
  lock: 'M6 11h12v10H6zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11',
} as const

export type IconName = keyof typeof shapes

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" aria-hidden focusable="false">
      <path d={shapes[name]} />
    </svg>
  )
}
