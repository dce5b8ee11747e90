import type { ModelInfo } from '../engine/index.js'
import { captureLayers, type Depth } from '../nir/index.js'
import { runSweep, type SweepRecord, type SweepTools } from '../sweep/index.js'
import { planSweep } from '../sweep/plan.js'
import { armsNote, releasedOrder, thesisArms, type ThesisArm } from './arms.js'
import { ReproductionEndedError, ThesisError } from './errors.js'
import type { ReproduceOptions } from './options.js'
import { Reproduction, type ReproductionSetting, type ThesisRecord } from './reproduction.js'
import { runOriginal } from './run-original.js'

const PROTOCOLS = {
  paired: 'Paired: the arms of a problem share one thinking, without retries.',
  original:
    'Original protocol: each arm and attempt thinks anew, with a second attempt where the function name is missing; the arms are not paired.',
}

/**
 * Runs the thesis' protocol.
 * @throws {@link ThesisError}, {@link SweepOptionError}; {@link ReproductionEndedError}, which holds what was finished,
 * when it is cancelled or fails.
 */
export async function reproduce(options: ReproduceOptions, tools: SweepTools): Promise<Reproduction> {
  const { model } = tools.engine
  const setting = settingOf(options, model)
  const arms = thesisArms(model.layerCount)
  const depths = releasedOrder(arms)
  const run = { ...options, temperature: setting.temperature }
  planSweep({ ...run, layers: depths }, model)
  const records: ThesisRecord[] = []
  const reproduction = () =>
    new Reproduction({
      records: [...records],
      arms,
      setting,
      notes: notesOf(options, setting, arms, depths, model),
      warnings: tools.evaluator.capabilities.reasons,
    })
  try {
    if (setting.protocol === 'original') await runOriginal(run, depths, tools, records)
    else await runPaired(run, depths, tools, records)
  } catch (error) {
    throw new ReproductionEndedError(reproduction(), error, options.signal?.aborted ?? false)
  }
  return reproduction()
}

async function runPaired(
  options: ReproduceOptions,
  depths: readonly Depth[],
  tools: SweepTools,
  records: ThesisRecord[],
): Promise<void> {
  const swept: SweepRecord[] = []
  try {
    await runSweep({ ...options, layers: depths }, tools, swept)
  } finally {
    records.push(...swept.map((record) => ({ ...record, attempts: 1 })))
  }
}

function settingOf(options: ReproduceOptions, model: ModelInfo): ReproductionSetting {
  const { protocol = 'paired', mapping = 'described', decodePositions = 'recomputed' } = options
  checkOneOf('protocol', protocol, Object.keys(PROTOCOLS))
  checkOneOf('mapping', mapping, ['described', 'released'])
  const { temperature = 0.8, seed = 0 } = options
  return { model: model.name, protocol, mapping, decodePositions, temperature, seed }
}

function checkOneOf(name: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return
  throw new ThesisError(
    'OPTION_OUT_OF_RANGE',
    `${name} is ${JSON.stringify(value)}; expected ${known.map((one) => `'${one}'`).join(' or ')}.`,
    `Change ${name}.`,
  )
}

function notesOf(
  { problems, samples = 1 }: ReproduceOptions,
  { protocol, mapping, decodePositions, temperature, seed }: ReproductionSetting,
  arms: readonly ThesisArm[],
  depths: readonly Depth[],
  model: ModelInfo,
): string[] {
  const permuted = [...captureLayers(depths, mapping)].map(([layer, from]) => `${layer} that of ${from}`)
  return [
    `Published: LLaMA 3.1 8B Instruct on MBPP. Measured: ${model.name}, ${problems.length} problems, ${samples} sample${samples === 1 ? '' : 's'} each, temperature ${temperature}, seed ${seed}.`,
    armsNote(arms, model.layerCount),
    PROTOCOLS[protocol],
    ...(mapping === 'released'
      ? [`CRVs permuted as in the released code: layer ${permuted.join(', ')}.`]
      : []),
    ...(decodePositions === 'released'
      ? ['Generated tokens take the released code’s too early positions.']
      : []),
  ]
}
