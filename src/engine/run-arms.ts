import type { Arm } from './arm.js'
import { Contexts } from './contexts.js'
import type { Crv } from './crv.js'
import type { Decoder, Row } from './decoder.js'
import { RunningGeneration, type Generation, type TokenReader } from './generation.js'
import type { NativeDecoded, NativePlan } from './native.js'
import type { ResolvedOptions } from './options.js'

/** What the arms of one call share. */
export interface ArmsJob {
  readonly prompt: readonly number[]
  readonly arms: readonly Arm[]
  readonly options: ResolvedOptions
  readonly layerCount: number
  readonly contextSize: number
  readonly reader: TokenReader
  readonly isCaptured: (crv: Crv) => boolean
}

/** One arm in the cache. */
interface Lane {
  readonly generation: RunningGeneration
  readonly sequence: number
  /** Position of the prompt's first token: behind the CRV's rows. */
  readonly base: number
  readonly promptPlan: number
  readonly decodePlan: number
  readonly sampler: number
}

/** Cells of the KV cache that decoding these arms together takes. */
export function cellsNeeded(job: ArmsJob): number {
  const contexts = new Contexts(job.arms, job.isCaptured)
  return contexts.tokenCount + job.arms.length * (job.prompt.length + newTokens(job))
}

function newTokens(job: ArmsJob): number {
  return Math.min(job.options.maxTokens, job.contextSize - job.prompt.length)
}

/** Decodes all arms together, one row a step for each arm that has not ended. The cache must have the room. */
export async function runArms(decoder: Decoder, job: ArmsJob): Promise<Generation[]> {
  const startedAt = performance.now()
  const contexts = new Contexts(job.arms, job.isCaptured)
  const lanes: Lane[] = []
  try {
    await contexts.prefill(decoder, job.options.signal)
    for (const arm of job.arms)
      lanes.push(openLane(decoder, job, arm, contexts, contexts.count + lanes.length))
    await prefill(decoder, job, lanes)
    await decodeAll(decoder, job, lanes)
    return lanes.map((lane) => lane.generation.finish(startedAt))
  } finally {
    for (const lane of lanes) closeLane(decoder, lane)
    for (let sequence = 0; sequence < contexts.count + job.arms.length; sequence++)
      decoder.context.removeSequence(sequence)
  }
}

function openLane(decoder: Decoder, job: ArmsJob, arm: Arm, contexts: Contexts, sequence: number): Lane {
  const injection = arm.injections?.[0]
  const base = injection?.crv.tokenCount ?? 0
  const plan: NativePlan = {
    visible: injection
      ? Int32Array.of(contexts.sequenceOf(injection), injection.layer, injection.until ?? job.layerCount)
      : new Int32Array(),
    additions: (arm.steering ?? []).map(({ layer, vector, scale = 1 }) => ({
      layer,
      vector: Float32Array.from(vector, (value) => value * scale),
    })),
    shift: 0,
    shiftFrom: 0,
  }
  const isPlain = !injection && plan.additions.length === 0
  const promptPlan = isPlain ? -1 : decoder.context.definePlan(plan)
  const decodePlan =
    injection?.decodePositions === 'released'
      ? decoder.context.definePlan({ ...plan, shift: -base, shiftFrom: injection.layer })
      : promptPlan
  return {
    generation: new RunningGeneration(
      arm.name,
      job.reader,
      job.options,
      job.contextSize - base - job.prompt.length,
    ),
    sequence,
    base,
    promptPlan,
    decodePlan,
    sampler: decoder.context.defineSampler(job.options.sampling),
  }
}

function closeLane(decoder: Decoder, lane: Lane): void {
  decoder.context.releaseSampler(lane.sampler)
  decoder.context.releasePlan(lane.promptPlan)
  if (lane.decodePlan !== lane.promptPlan) decoder.context.releasePlan(lane.decodePlan)
}

async function prefill(decoder: Decoder, job: ArmsJob, lanes: readonly Lane[]): Promise<void> {
  const last = job.prompt.length - 1
  let rows: Row[] = []
  let ending: Lane[] = []
  const flush = async () => {
    accept(ending, await decoder.decode(rows, { wantLogits: job.options.logits }, job.options.signal))
    rows = []
    ending = []
  }
  for (const lane of lanes) {
    for (const [index, token] of job.prompt.entries()) {
      const sampler = index === last ? lane.sampler : -1
      rows.push({
        token,
        position: lane.base + index,
        sequence: lane.sequence,
        plan: lane.promptPlan,
        sampler,
      })
      if (index === last) ending.push(lane)
      if (rows.length === decoder.batchSize) await flush()
    }
  }
  if (rows.length > 0) await flush()
}

async function decodeAll(decoder: Decoder, job: ArmsJob, lanes: readonly Lane[]): Promise<void> {
  for (;;) {
    const alive = lanes.filter((lane) => !lane.generation.done)
    if (alive.length === 0) return
    const rows = alive.map((lane) => ({
      token: lane.generation.lastToken,
      position: lane.base + job.prompt.length + lane.generation.tokenCount - 1,
      sequence: lane.sequence,
      plan: lane.decodePlan,
      sampler: lane.sampler,
    }))
    accept(alive, await decoder.decode(rows, { wantLogits: job.options.logits }, job.options.signal))
    for (const lane of alive) if (lane.generation.done) decoder.context.removeSequence(lane.sequence)
  }
}

/** Hands each lane its token; `decoded` has one output a lane, in this order. */
function accept(lanes: readonly Lane[], decoded: NativeDecoded): void {
  const width = (decoded.logits?.length ?? 0) / Math.max(lanes.length, 1)
  lanes.forEach((lane, index) => {
    const logits = decoded.logits?.subarray(index * width, (index + 1) * width)
    lane.generation.accept(decoded.tokens[index]!, decoded.logProbabilities[index]!, logits)
  })
}
