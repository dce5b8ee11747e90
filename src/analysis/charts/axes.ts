import { metricLabel, metricUnit } from '../thesis-rows.js'
import { isRate } from '../values.js'

/** The title of an axis: the metric's name, what of it is shown (`''`: its values), its unit. */
export function metricTitle(metric: string, what = 'mean'): string {
  if (isRate(metric)) return `${metricLabel(metric)} (%)`
  const said = [what, metricUnit(metric)].filter(Boolean).join(', ')
  return metricLabel(metric) + (said && ` (${said})`)
}

/** `1 problem`, `20 problems`. */
export const countOf = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`
