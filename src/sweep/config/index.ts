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
export type { StudyConfig } from './schema.js'
export { studySchema } from './study-schema.js'
