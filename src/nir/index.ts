export { generateAdaptive, type AdaptiveGeneration, type AdaptiveOptions } from './adaptive.js'
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
export { loadPrompts, type PromptFiles, type PromptProblem, type Prompts } from './prompts.js'
export type { Sections } from './sections.js'
export { chatPrompt, think, type Thinking, type ThinkOptions } from './think.js'
