import type { UnitTask } from './missing.js'
import type { SweepOptions, SweepPlan } from './plan.js'
import type { SweepRecord } from './record.js'
import type { FinishedUnit } from './unit-store.js'

/** Gathers the records of a running sweep, and tells how far it is. */
export class SweepTally {
  #done = 0
  #tested = 0
  #passed = 0
  readonly #computed = { units: 0, generations: 0 }
  readonly #startedAt = performance.now()
  readonly #order: ReadonlyMap<string, number>

  constructor(
    private readonly plan: SweepPlan,
    private readonly records: SweepRecord[],
    private readonly onProgress: SweepOptions['onProgress'],
  ) {
    this.#order = new Map(plan.arms.map(({ name }, index) => [name, index]))
  }

  /** Counts a unit: what was stored of it, and what was newly done (`null`: nothing was missing). */
  add({ unit, stored }: UnitTask, finished: FinishedUnit | null): void {
    const all = [...stored, ...(finished?.arms.map(({ record }) => record) ?? [])]
    this.records.push(...all.sort((a, b) => this.#order.get(a.arm)! - this.#order.get(b.arm)!))
    this.#done++
    for (const { passed } of all) {
      if (passed !== null) this.#tested++
      if (passed) this.#passed++
    }
    if (!finished) return
    this.#computed.units++
    this.#computed.generations += finished.arms.length
    this.onProgress?.({
      done: this.#done,
      total: this.plan.units.length,
      computed: { ...this.#computed },
      taskId: unit.problem.task_id,
      sample: unit.sample,
      unit: all,
      records: this.records,
      generations: this.records.length,
      passed: this.#tested > 0 ? this.#passed : null,
      milliseconds: performance.now() - this.#startedAt,
    })
  }
}
