export type { Arm, Injection, Interventions, Steering } from './arm.js'
export type { GpuOption } from './backend.js'
export { Crv, type CrvParts } from './crv.js'
export {
  Engine,
  type CaptureOptions,
  type ChatMessage,
  type EngineOptions,
  type ModelInfo,
} from './engine.js'
export { ClosedError, ContextSizeError, EngineError, InputError, ModelError } from './errors.js'
export type { Generation, StopReason, Timings } from './generation.js'
export { LARGEST_SEED, type GenerateOptions, type Input, type TokenEvent } from './options.js'
