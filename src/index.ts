/**
 * NIR Lab: Neural Integration of Iterative Reasoning in TypeScript.
 * @packageDocumentation
 */
export { NirError } from './errors.js'
export { createSession, Session, type SessionOptions } from './session/session.js'
export { Sweep, SweepEndedError } from './session/sweep.js'
export { progressLine } from './session/progress-line.js'
export {
  ClosedError,
  ContextSizeError,
  Crv,
  EngineError,
  InputError,
  ModelError,
  type Arm,
  type CaptureOptions,
  type ChatMessage,
  type CrvParts,
  type GenerateOptions,
  type Generation,
  type GpuOption,
  type Injection,
  type Input,
  type Interventions,
  type ModelInfo,
  type Steering,
  type StopReason,
  type Timings,
  type TokenEvent,
} from './engine/index.js'
export {
  PromptError,
  type Depth,
  type PromptFiles,
  type PromptProblem,
  type Sections,
  type Thinking,
  type ThinkOptions,
} from './nir/index.js'
export { SweepOptionError, type SweepOptions, type SweepProgress, type SweepRecord } from './sweep/index.js'
export * from './problems/index.js'
export * from './evaluation/index.js'
export * from './analysis/index.js'
