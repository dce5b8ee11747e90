export { SweepOptionError } from './errors.js'
export type { SweepOptions, SweepProgress } from './plan.js'
export type { SweepRecord } from './record.js'
export { runSweep } from './run.js'
