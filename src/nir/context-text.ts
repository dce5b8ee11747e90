import { thesisFunctions } from '../evaluation/thesis/functions.js'
import type { Sections } from './sections.js'

const OPENING = 'Proposed solution context: '

/**
 * The text whose hidden states become the CRV: the problem restated and the proposed solution. Where a section is
 * missing, the functions found in the whole reply stand in for it, as the thesis does.
 */
export function contextText(reply: string, sections: Sections): string {
  const functions = (thesisFunctions(reply) ?? []).join('\n')
  const parts = [sections.context ?? functions, sections.solution ?? functions]
  return OPENING + [...new Set(parts)].filter((part) => part !== '').join('\n')
}
