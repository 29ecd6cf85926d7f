// The countries of the world as shapes, and how they come onto a flat picture.
import { geoArea, geoCentroid, geoEqualEarth, geoPath } from 'd3-geo'
import type { Feature, MultiPolygon, Polygon } from 'geojson'
import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import json from 'world-atlas/countries-110m.json'
import { points } from './points'
import { regions, type RegionName } from './regions'

const atlas = json as unknown as Topology<{ countries: GeometryCollection<{ name: string }> }>
type Shape = Feature<Polygon | MultiPolygon, { name: string }>

// Antarctica has no telephones, and takes a fifth of the picture.
const antarctica = '010'
const world = (feature(atlas, atlas.objects.countries).features as Shape[]).filter((f) => f.id !== antarctica)

/** nameless are shapes without a number, by the codes that telephone numbers have for them. */
const nameless: Record<string, string> = { XK: 'Kosovo' }

export type Country = { country: string; numeric: number }

/** shapeOf finds the shape of a country; small ones have none. */
export function shapeOf({ country, numeric }: Country): Shape | undefined {
  const id = String(numeric).padStart(3, '0')
  return world.find((f) => (nameless[country] ? f.properties.name === nameless[country] : numeric > 0 && f.id === id))
}

// The middle of the largest part: France is in Europe, whatever else belongs to it.
function middle(f: Shape): [number, number] {
  if (f.geometry.type === 'Polygon') return geoCentroid(f)
  const parts = f.geometry.coordinates.map((coordinates): Polygon => ({ type: 'Polygon', coordinates }))
  return geoCentroid(parts.reduce((a, b) => (geoArea(b) > geoArea(a) ? b : a)))
}

export type Drawn = {
  land: string[]
  /** the outline of a country; small ones have none */
  outline: (of: Country) => string | undefined
  /** where a country is; undefined: not within the picture */
  at: (of: Country) => [number, number] | undefined
}

/** draw puts the world, or a part of it, into a picture of that size. */
export function draw(region: RegionName, width: number, height: number): Drawn {
  const [west, south, east, north] = regions[region]
  const projection = geoEqualEarth().rotate([-(region === 'world' ? 11 : (west + east) / 2), 0])
  const corners = [west, (west + east) / 2, east].flatMap((x) => [south, (south + north) / 2, north].map((y): [number, number] => [x, y]))
  if (region === 'world') projection.fitExtent([[4, 4], [width - 4, height - 4]], { type: 'GeometryCollection', geometries: [...world.map((f) => f.geometry), { type: 'MultiPoint', coordinates: [...points.values()] }] })
  else projection.fitExtent([[8, 8], [width - 8, height - 8]], { type: 'MultiPoint', coordinates: corners })
  projection.clipExtent([[0, 0], [width, height]])
  const path = geoPath(projection).digits(1)
  return {
    land: world.map((f) => path(f) ?? ''),
    outline: (of) => {
      const shape = shapeOf(of)
      return (shape && path(shape)) ?? undefined
    },
    at: (of) => {
      const where = points.get(of.country) ?? placed(of)
      const at = where && projection(where)
      return at && at[0] >= 0 && at[0] <= width && at[1] >= 0 && at[1] <= height ? at : undefined
    },
  }
}

const middles = new Map<string, [number, number] | undefined>()

function placed(of: Country): [number, number] | undefined {
  if (!middles.has(of.country)) {
    const shape = shapeOf(of)
    middles.set(of.country, shape && middle(shape))
  }
  return middles.get(of.country)
}
