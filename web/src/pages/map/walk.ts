// Arrow keys go from a country to the next one in that direction.
export type Spot = { key: string; at: [number, number] }

const directions: Record<string, [number, number]> = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }

/** next is the nearest country within 45° to both sides of the direction of a key. */
export function next(spots: Spot[], from: string | undefined, key: string): string | undefined {
  const way = directions[key]
  const here = spots.find((s) => s.key === from)
  if (!way) return undefined
  if (!here) return spots[0]?.key
  let best: { key: string; far: number } | undefined
  for (const s of spots) {
    const [dx, dy] = [s.at[0] - here.at[0], s.at[1] - here.at[1]]
    const along = dx * way[0] + dy * way[1]
    const aside = Math.abs(dx * way[1] + dy * way[0])
    if (s.key === here.key || along <= 0 || aside > along) continue
    const far = along + 2 * aside
    if (!best || far < best.far) best = { key: s.key, far }
  }
  return best?.key
}

export const isArrow = (key: string) => key in directions
