import type { SweepRecord } from '../../sweep/record.js'
import { isDepth, ORIGINAL_ARM } from '../arms.js'
import { metricLabel } from '../thesis-rows.js'
import { PALETTE } from './palette.js'

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [460, 140, 40, 12, 10, 28]
const RATES = ['passed', 'parses', 'responds'] as const

/**
 * A small picture of a rate over injection depth as SVG, light enough to be drawn anew while a sweep runs: the share that
 * passed, or where tests are not run that parses. The original is the dashed line. For figures with intervals see
 * {@link depthChart}.
 * @returns null where no arm injects at a single layer.
 */
export function depthSketch(records: readonly SweepRecord[]): string | null {
  const rate = RATES.find((name) => records.some((record) => record[name] !== null))
  if (rate === undefined) return null
  const shares = meansByArm(records, rate)
  const depths = [...shares.values()].filter(isDepth).sort((a, b) => a.layer - b.layer)
  if (depths.length === 0) return null
  const [low, high] = [depths[0]!.layer, depths.at(-1)!.layer]
  const x = (layer: number): number =>
    LEFT + ((layer - low + 0.5) / (high - low + 1)) * (WIDTH - LEFT - RIGHT)
  const y = (share: number): number => TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)
  const points = depths.map(({ layer, sum, count }) => [round(x(layer)), round(y(sum / count))] as const)
  const original = shares.get(ORIGINAL_ARM)
  const level = original && round(y(original.sum / original.count))
  const every = Math.ceil(depths.length / 16)
  const ticks = depths
    .filter((_, index) => index % every === 0)
    .map(({ layer }) => text(round(x(layer)), HEIGHT - BOTTOM + 13, 'middle', String(layer)))
  const grid = [0, 0.5, 1].map(
    (share) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(share)}" y2="${y(share)}" stroke="currentColor" stroke-opacity="0.15"/>` +
      text(LEFT - 5, y(share) + 4, 'end', `${share * 100} %`),
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11" role="img">`,
    `<title>${metricLabel(rate)} by injection layer; dashed: the original</title>`,
    ...grid,
    ...ticks,
    text(WIDTH / 2, HEIGHT - 3, 'middle', `${metricLabel(rate)} by injection layer`),
    ...(level === undefined
      ? []
      : [
          `<line class="original" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${level}" y2="${level}" stroke="${PALETTE.original}" stroke-width="1.5" stroke-dasharray="6 4"/>`,
        ]),
    `<polyline fill="none" stroke="${PALETTE.injected}" stroke-width="1.5" points="${points.map((point) => point.join(',')).join(' ')}"/>`,
    ...points.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3" fill="${PALETTE.injected}"/>`),
    '</svg>',
  ].join('')
}

interface Share {
  readonly arm: string
  readonly layer: number | null
  sum: number
  count: number
}

function meansByArm(records: readonly SweepRecord[], rate: (typeof RATES)[number]): Map<string, Share> {
  const found = new Map<string, Share>()
  for (const { arm, layer, [rate]: value } of records) {
    if (value === null) continue
    const share = found.get(arm) ?? { arm, layer, sum: 0, count: 0 }
    share.sum += Number(value)
    share.count++
    found.set(arm, share)
  }
  return found
}

function text(x: number, y: number, anchor: string, content: string): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="currentColor">${content}</text>`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
