/** Parts of the world that one can look at closer: west, south, east, north, in degrees. */
export const regions = {
  world: [-180, -60, 180, 84],
  europe: [-11, 35, 42, 66],
  asia: [62, -8, 146, 50],
  middleeast: [28, 12, 64, 43],
  africa: [-18, -35, 52, 37],
  america: [-126, 6, -56, 54],
  southamerica: [-82, -54, -36, 12],
  oceania: [112, -46, 179, 2],
} as const

export type RegionName = keyof typeof regions
export const regionNames = Object.keys(regions) as RegionName[]
export const regionOf = (text: string | null): RegionName => (regionNames.includes(text as RegionName) ? (text as RegionName) : 'world')
