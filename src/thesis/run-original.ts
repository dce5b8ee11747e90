import { expectedName } from '../evaluation/thesis/name-consistency.js'
import { captureLayers, type Depth } from '../nir/index.js'
import type { Problem } from '../problems/problem.js'
import { runSweep, seedFrom, type SweepProgress, type SweepRecord, type SweepTools } from '../sweep/index.js'
import type { ReproduceOptions } from './options.js'
import type { ThesisRecord } from './reproduction.js'

/** Attempts at a generation, the first included. */
const ATTEMPTS = 2
const SHORTEST = 10

/**
 * The thesis' own protocol, as sweeps of one arm, sample and attempt each: every one thinks anew, and the second
 * attempt has only the problems whose first one failed. Records are pushed arm by arm.
 */
export async function runOriginal(
  options: ReproduceOptions,
  depths: readonly Depth[],
  tools: SweepTools,
  records: ThesisRecord[],
): Promise<void> {
  const { problems, samples = 1, seed = 0 } = options
  const mapping = Object.fromEntries(captureLayers(depths, options.mapping))
  const progress = new Progress(options, depths.length * samples * problems.length)
  for (const depth of depths) {
    for (let sample = 0; sample < samples; sample++) {
      const latest = new Map<number, ThesisRecord>()
      try {
        for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
          const pending = problems.filter((problem) => isMissing(problem, latest.get(problem.task_id)))
          if (pending.length === 0) break
          const batch: SweepRecord[] = []
          const sweep = {
            ...options,
            problems: pending,
            layers: [depth],
            mapping,
            samples: 1,
            seed: seedFrom(seed, depth, sample, attempt),
            stop: [],
            onProgress: progress.ofSweep(attempt === 1),
          }
          try {
            await runSweep(sweep, tools, batch)
          } finally {
            for (const record of batch) latest.set(record.taskId, { ...record, sample, attempts: attempt })
          }
        }
      } finally {
        records.push(...latest.values())
      }
    }
  }
}

/** Is there no generation yet, or one that the thesis would try again? */
function isMissing({ test_list: tests }: Problem, record: ThesisRecord | undefined): boolean {
  if (!record || record.text.length < SHORTEST) return true
  return !record.text.includes(expectedName(tests.join('\n')) ?? '')
}

/** The progress of many sweeps as that of one; second attempts add generations, not units. */
class Progress {
  readonly #startedAt = performance.now()
  readonly #report: ((progress: SweepProgress) => void) | undefined
  readonly #total: number
  #done = 0
  #generations = 0
  #records: readonly SweepRecord[] = []
  #passed: number | null = null

  constructor({ onProgress }: Pick<ReproduceOptions, 'onProgress'>, total: number) {
    this.#report = onProgress
    this.#total = total
  }

  ofSweep(isFirstAttempt: boolean): (progress: SweepProgress) => void {
    const before = { generations: this.#generations, passed: this.#passed, records: this.#records }
    return ({ generations, passed, records, ...last }) => {
      if (isFirstAttempt) this.#done++
      this.#generations = before.generations + generations
      this.#records = [...before.records, ...records]
      this.#passed = passed === null ? before.passed : (before.passed ?? 0) + passed
      this.#report?.({
        ...last,
        done: this.#done,
        total: this.#total,
        computed: { units: this.#done, generations: this.#generations },
        records: this.#records,
        generations: this.#generations,
        passed: this.#passed,
        milliseconds: performance.now() - this.#startedAt,
      })
    }
  }
}
