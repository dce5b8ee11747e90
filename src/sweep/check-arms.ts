import { checkInterventions, Crv, InputError, type ModelDescription } from '../engine/index.js'
import { buildArm, capturedLayers, type NamedArm } from '../nir/index.js'
import { SweepOptionError } from './errors.js'

/** Longer than any prompt: how far positions reach back is known when there is one. */
const LONG_PROMPT = 2 ** 20

/**
 * Would the engine take these arms? Asked before anything is computed, by what the engine itself checks.
 * @throws {@link SweepOptionError} with the engine's code, and `OPTION_OUT_OF_RANGE`.
 */
export function checkArms(arms: readonly NamedArm[], model: ModelDescription): void {
  for (const arm of arms) {
    checkOwnFields(arm)
    try {
      const layers = capturedLayers([arm])
      const crv = layers.length > 0 ? emptyCrv(layers, model.hiddenSize) : null
      checkInterventions(buildArm(withoutSlices(arm), crv), model, LONG_PROMPT, () => true)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      const said = error.message.slice(0, -error.remedy.length).trim()
      throw new SweepOptionError(error.code, `Arm '${arm.name}': ${said}`, error.remedy, { cause: error })
    }
  }
}

function checkOwnFields({ name, injections = [], temperature }: NamedArm): void {
  if (name.trim() === '') throw outOfRange('An arm', 'name', name, 'some text')
  if (temperature !== undefined && !(temperature >= 0))
    throw outOfRange(`Arm '${name}'`, 'temperature', temperature, 'a number from 0')
  for (const { slice, decodePositions } of injections) {
    if (slice && !(slice.length <= 2 && slice.every(Number.isInteger)))
      throw outOfRange(`Arm '${name}'`, 'slice', slice, 'one or two whole numbers')
    if (slice && isNothing(slice))
      throw outOfRange(
        `Arm '${name}'`,
        'slice',
        slice,
        'an end after the start: it has no tokens of any context',
      )
    if (decodePositions !== 'recomputed' && decodePositions !== 'released')
      throw outOfRange(`Arm '${name}'`, 'decodePositions', decodePositions, "'recomputed' or 'released'")
  }
}

/** Has the slice no tokens, however long the context is? */
function isNothing([start, end]: readonly [start: number, end?: number]): boolean {
  return end !== undefined && start < 0 === end < 0 && end <= start
}

function outOfRange(what: string, field: string, value: unknown, expected: string): SweepOptionError {
  return new SweepOptionError(
    'OPTION_OUT_OF_RANGE',
    `${what}: ${field} is ${JSON.stringify(value)}; expected ${expected}.`,
    `Change ${field}.`,
  )
}

/** Of one token, which stands for any context. */
function emptyCrv(layers: readonly number[], hiddenSize: number): Crv {
  const row = new Float32Array(hiddenSize)
  return new Crv({ states: new Map(layers.map((layer) => [layer, row])), tokens: [0], hiddenSize })
}

function withoutSlices(arm: NamedArm): NamedArm {
  return { ...arm, injections: arm.injections?.map(({ slice: _, ...rest }) => rest) }
}
