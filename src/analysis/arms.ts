import type { SweepRecord } from '../sweep/record.js'

/** The name of the arm without injection, to which every other arm is compared. */
export const ORIGINAL_ARM = 'original'

/** One way of generating: an injection depth, or none. */
export interface Arm {
  readonly name: string
  /** 0-based index of the decoder layer whose input is extended; `null` where there is no single one. */
  readonly layer: number | null
}

/** Is this a point of a depth curve: one whole injection at a layer, and no variation of it? */
export function isDepth<T extends Pick<SweepRecord, 'arm' | 'layer'>>(
  one: T,
): one is T & { readonly layer: number } {
  return one.layer !== null && one.arm === `layer ${one.layer}`
}

/** By depth, arms without a layer after those with one, `original` last; equal depths by name. */
export function compareArms(a: Arm, b: Arm): number {
  if (a.name === b.name) return 0
  if (a.name === ORIGINAL_ARM) return 1
  if (b.name === ORIGINAL_ARM) return -1
  const depth = (a.layer ?? Infinity) - (b.layer ?? Infinity)
  if (depth < 0 || depth > 0) return depth
  return a.name < b.name ? -1 : 1
}

/**
 * The arms of the records in depth order, `original` last.
 *
 * @example
 * ```ts
 * armsOf(records).map((arm) => arm.name) // ['layer 1', 'layer 10', 'layer 23', 'original']
 * ```
 */
export function armsOf(records: readonly SweepRecord[]): Arm[] {
  const byName = new Map<string, Arm>()
  for (const { arm, layer } of records) if (!byName.has(arm)) byName.set(arm, { name: arm, layer })
  return [...byName.values()].sort(compareArms)
}
