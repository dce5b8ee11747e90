import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { NamedArm } from '../../nir/index.js'
import type { SweepOptions, Unit } from '../plan.js'
import { hashOf } from '../store/hash.js'
import { armJson, thinkingKey } from '../store/keys.js'
import type { FinishedUnit } from '../unit-store.js'

/** What a worker is told of a unit. */
export interface UnitJob {
  readonly unit: Unit
  /** Those that are missing. */
  readonly arms: readonly NamedArm[]
  /** The context text, given or stored; `null`: the model thinks. */
  readonly context: string | null
  readonly options: Pick<SweepOptions, 'temperature' | 'maxTokens' | 'maxThinkingTokens' | 'stop'>
}

/** Of all that determines what is made of a unit: two jobs with the same key are the same. */
export function jobKey(settings: string, { unit, arms, context }: UnitJob): string {
  return hashOf({ thinking: thinkingKey(settings, unit), arms: arms.map(armJson), context })
}

/** A result as text: a tenth of its JSON. */
export async function packResult({ unit: _, ...result }: FinishedUnit): Promise<string> {
  return (await promisify(gzip)(JSON.stringify(result))).toString('base64')
}

export async function unpackResult(unit: Unit, packed: string): Promise<FinishedUnit> {
  const json = await promisify(gunzip)(Buffer.from(packed, 'base64'))
  return { unit, ...(JSON.parse(json.toString()) as Omit<FinishedUnit, 'unit'>) }
}

/** A unit that failed, or whose worker died, so many times is set aside. */
export const ATTEMPTS = 3
