/** Brand is the mark: two wheels under a T. */
export function Brand({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="7" fill="#12746a" />
      <path d="M8 10h16M16 10v13" stroke="#fff" strokeWidth="3.4" strokeLinecap="round" />
      <circle cx="9" cy="20" r="2.2" fill="#9fe3d6" />
      <circle cx="23" cy="20" r="2.2" fill="#9fe3d6" />
    </svg>
  )
}
