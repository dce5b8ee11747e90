export { isProblemSetName, loadProblems } from './load.js'
export { readContexts, referenceContexts } from './contexts.js'
export type { LoadProblemsOptions, ProblemSource } from './load.js'
export type { CacheOptions } from './cache.js'
export type { DatasetName } from './datasets.js'
export type { ProblemColumns } from './layouts.js'
export type { Problem } from './problem.js'
export {
  ContextFileError,
  ProblemCacheError,
  ProblemDownloadError,
  ProblemFormatError,
  ProblemHashError,
  ProblemOptionError,
  ProblemSourceError,
} from './errors.js'
