export type { MemoryEstimate } from './gguf/memory.js'
export { checkInterventions } from './arm.js'
export { SEQUENCES } from './decoder.js'
export type { Arm, Injection, Interventions, Replacement, Steering } from './arm.js'
export type { Positions } from './positions.js'
export type { GpuOption } from './backend.js'
export { Crv, type CrvParts } from './crv.js'
export type {
  CaptureOptions,
  CaptureProgress,
  CaptureSummary,
  CaptureToOptions,
  Texts,
} from './capture-file.js'
export { CrvFile, loadCrvs, type CrvModel } from './crv-file.js'
export { CrvWriter, saveCrvs, type CrvSaveOptions, type CrvWriterOptions } from './crv-writer.js'
export type { EngineOptions } from './engine-options.js'
export { Engine, type ChatMessage } from './engine.js'
export { ClosedError, ContextSizeError, EngineError, InputError, ModelError } from './errors.js'
export type { Generation, StopReason, Timings } from './generation.js'
export { describeModel, type ModelDescription, type ModelInfo } from './model-info.js'
export { TensorFileError } from './safetensors/format.js'
export { LARGEST_SEED, MAX_TOKENS, type GenerateOptions, type Input, type TokenEvent } from './options.js'
