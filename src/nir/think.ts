import type { Engine, GenerateOptions } from '../engine/index.js'
import { contextText } from './context-text.js'
import { renderPrompt, type PromptProblem, type Prompts, type PromptTemplate } from './prompts.js'
import { readSections, type Sections } from './sections.js'

/** How to think. */
export type ThinkOptions = Omit<GenerateOptions, 'logits'>

/** What thinking about a problem gave. */
export interface Thinking {
  /** The whole reply. */
  readonly text: string
  readonly sections: Sections
  /** The context text, whose hidden states become the CRV. */
  readonly context: string
  /** Tokens of the reply. */
  readonly tokens: readonly number[]
}

/** New tokens of the thinking pass, as the thesis. */
export const MAX_THINKING_TOKENS = 1000

/** Lets the model think about a problem, the first stage of NIR. */
export async function think(
  engine: Engine,
  prompts: Prompts,
  problem: PromptProblem,
  options: ThinkOptions = {},
): Promise<Thinking> {
  const { maxTokens = MAX_THINKING_TOKENS } = options
  const reply = await engine.generate(chatPrompt(engine, prompts.thinking, problem), {
    ...options,
    maxTokens,
  })
  const sections = readSections(reply.text)
  return { text: reply.text, sections, context: contextText(reply.text, sections), tokens: reply.tokens }
}

/** The text that a template makes of a problem, in the model's chat format, with the assistant's turn opened. */
export function chatPrompt(engine: Engine, template: PromptTemplate, problem: PromptProblem): string {
  const { user, assistant } = renderPrompt(template, problem)
  return engine.chat([{ role: 'user', content: user }]) + assistant
}
