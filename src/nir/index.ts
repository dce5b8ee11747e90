export { armName, depthArms, resolveDepths, type Depth } from './depth-arms.js'
export { PromptError } from './errors.js'
export {
  loadPrompts,
  type PromptFiles,
  type PromptProblem,
  type Prompts,
  type PromptTemplate,
} from './prompts.js'
export type { Sections } from './sections.js'
export { chatPrompt, think, type Thinking, type ThinkOptions } from './think.js'
