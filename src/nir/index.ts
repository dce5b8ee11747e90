export { generateAdaptive, type AdaptiveGeneration, type AdaptiveOptions } from './adaptive.js'
export { armGrid, type ArmGrid } from './arm-grid.js'
export {
  armName,
  completeArm,
  type ArmAction,
  type ArmSpec,
  type InjectionSpec,
  type NamedArm,
  type ReplacementSpec,
  type SteeringSpec,
} from './arm-spec.js'
export { buildArm, capturedLayers, injectedRows } from './build-arm.js'
export { chooseArm, type Choice, type Criterion, type ScoreFunction } from './choose-arm.js'
export { meanEntropy, meanLogProbability } from './confidence.js'
export {
  captureLayers,
  depthArms,
  resolveDepths,
  type Depth,
  type DepthOptions,
  type Mapping,
} from './depth-arms.js'
export { ChoiceError, PromptError } from './errors.js'
export {
  loadPrompts,
  type PromptFiles,
  type PromptProblem,
  type Prompts,
  type PromptTemplate,
} from './prompts.js'
export type { Sections } from './sections.js'
export { chatPrompt, MAX_THINKING_TOKENS, think, type Thinking, type ThinkOptions } from './think.js'
