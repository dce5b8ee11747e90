export { ConfigError, type ConfigMistake } from './errors.js'
export { loadStudyConfig } from './load.js'
export type { ConfigOverrides } from './merge.js'
export {
  configuredModels,
  sessionOptions,
  sweepOptions,
  type ConfiguredSession,
  type ConfiguredSweep,
} from './options.js'
export type { ConfiguredProblems, StudyConfig } from './study-config.js'
export { studySchema } from './study-schema.js'
