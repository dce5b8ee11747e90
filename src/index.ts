/**
 * NIR Lab: Neural Integration of Iterative Reasoning in TypeScript.
 * @packageDocumentation
 */
export { NirError } from './errors.js'
export {
  createSession,
  Session,
  type HelpTopic,
  type SessionOptions,
  type StudyOptions,
} from './session/session.js'
export { Help, HelpError } from './session/help/help.js'
export { Sweep, SweepEndedError } from './session/sweep.js'
export { openStudy, Study } from './session/study.js'
export { progressLine } from './session/progress/lines.js'
export { studyStatus, type StudyStatus } from './session/study-status.js'
export type { StageTime, SweepEstimate } from './session/estimate.js'
export { sweepByQueue, type QueueSweep, type QueueSweepOptions } from './session/queue-sweep.js'
export { requireModels } from './session/require-models.js'
export { runWorker, type WorkerOptions } from './session/worker.js'
export {
  ClosedError,
  ContextSizeError,
  Crv,
  CrvFile,
  CrvWriter,
  EngineError,
  InputError,
  loadCrvs,
  ModelError,
  saveCrvs,
  TensorFileError,
  type Arm,
  type CaptureOptions,
  type CaptureProgress,
  type CaptureSummary,
  type CaptureToOptions,
  type ChatMessage,
  type CrvModel,
  type CrvParts,
  type CrvSaveOptions,
  type CrvWriterOptions,
  type GenerateOptions,
  type Generation,
  type GpuOption,
  type Injection,
  type Input,
  type Interventions,
  type MemoryEstimate,
  type ModelInfo,
  type Positions,
  type Replacement,
  type Steering,
  type StopReason,
  type Texts,
  type Timings,
  type TokenEvent,
} from './engine/index.js'
export {
  armName,
  ChoiceError,
  chooseArm,
  PromptError,
  type AdaptiveGeneration,
  type AdaptiveOptions,
  type ArmAction,
  type ArmGrid,
  type ArmSpec,
  type Choice,
  type Criterion,
  type Depth,
  type DepthOptions,
  type InjectionSpec,
  type Mapping,
  type NamedArm,
  type PromptFiles,
  type PromptProblem,
  type Prompts,
  type PromptTemplate,
  type ReplacementSpec,
  type ScoreFunction,
  type Sections,
  type SteeringSpec,
  type Thinking,
  type ThinkOptions,
} from './nir/index.js'
export {
  ConfigError,
  configuredModels,
  loadStudyConfig,
  QueueError,
  readFailedUnits,
  sessionOptions,
  mergeStudies,
  StudyError,
  studySchema,
  SweepOptionError,
  sweepOptions,
  unitCount,
  type ArmOptions,
  type ConfigMistake,
  type ConfigOverrides,
  type ConfiguredProblems,
  type ConfiguredSession,
  type ConfiguredSweep,
  type ExportFormat,
  type MergeReport,
  type FailedUnit,
  type MergeSummary,
  type ArmCount,
  type QueueEvent,
  type QueueState,
  type StudyConfig,
  type MissingWork,
  type Shard,
  type StudySettings,
  type SweepOptions,
  type SweepProgress,
  type SweepRecord,
  type TableName,
  type WorkSummary,
} from './sweep/index.js'
export * from './problems/index.js'
export * from './evaluation/index.js'
export * from './analysis/index.js'
export * from './thesis/index.js'
