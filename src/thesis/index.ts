export type { ThesisArm } from './arms.js'
export { ReproductionEndedError, ThesisError } from './errors.js'
export type { Protocol, ReproduceOptions } from './options.js'
export {
  ReproducedTable,
  type ReproducedCell,
  type ReproducedContent,
  type ReproducedRow,
} from './reproduced-table.js'
export { Reproduction, type ReproductionSetting, type ThesisRecord } from './reproduction.js'
export { Thesis, type Prepare } from './thesis.js'
