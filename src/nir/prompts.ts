import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../package-root.js'
import type { Problem } from '../problems/problem.js'
import { PromptError } from './errors.js'

/** A user turn, and how the assistant's turn is opened. */
export interface PromptTemplate {
  /** Holds `{{problem}}` and `{{tests}}`. */
  readonly user: string
  readonly assistant: string
}

/** The two prompts of the method. */
export interface Prompts {
  readonly thinking: PromptTemplate
  readonly generation: PromptTemplate
}

/** Template files that replace ours. */
export interface PromptFiles {
  readonly thinking?: string | undefined
  readonly generation?: string | undefined
}

/** What a template needs of a problem. */
export type PromptProblem = Pick<Problem, 'text' | 'test_list'>

/**
 * Reads prompt templates: a line `[user]`, the user turn with `{{problem}}` and `{{tests}}`, a line `[assistant]`, and
 * the text with which the assistant's turn begins (may be empty). Ours are in `data/prompts/`.
 * @throws {@link PromptError} `PROMPT_UNREADABLE`, `PROMPT_INCOMPLETE`.
 */
export function loadPrompts(files: PromptFiles = {}): Prompts {
  const ours = (name: string) => join(packageRoot(), 'data', 'prompts', `${name}.txt`)
  return {
    thinking: readTemplate(files.thinking ?? ours('thinking')),
    generation: readTemplate(files.generation ?? ours('generation')),
  }
}

/** Fills a template for a problem. */
export function renderPrompt(template: PromptTemplate, problem: PromptProblem): PromptTemplate {
  const values: Readonly<Record<string, string>> = {
    problem: problem.text,
    tests: problem.test_list.join('\n'),
  }
  const user = template.user.replace(/\{\{(problem|tests)\}\}/g, (_, name: string) => values[name]!)
  return { user: user.trim(), assistant: template.assistant }
}

function readTemplate(path: string): PromptTemplate {
  let text: string
  try {
    text = readFileSync(path, 'utf8').replaceAll('\r\n', '\n')
  } catch (error) {
    throw new PromptError(
      'PROMPT_UNREADABLE',
      `The prompt template '${path}' cannot be read.`,
      'Give the path of a text file.',
      {
        cause: error,
      },
    )
  }
  const parts = /^\[user\]\n([^]*)\n\[assistant\](?:\n([^]*))?$/.exec(text.trimEnd())
  const user = parts?.[1] ?? ''
  for (const needed of ['{{problem}}', '{{tests}}'])
    if (!user.includes(needed))
      throw new PromptError(
        'PROMPT_INCOMPLETE',
        `The prompt template '${path}' has no ${needed} between its lines [user] and [assistant].`,
        'See data/prompts/thinking.txt for the form.',
      )
  const assistant = (parts?.[2] ?? '').trim()
  return { user, assistant: assistant === '' ? '' : `${assistant}\n` }
}
