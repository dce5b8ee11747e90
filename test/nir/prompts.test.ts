import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadPrompts, PromptError } from '../../src/nir/index.js'
import { renderPrompt } from '../../src/nir/prompts.js'

const folder = mkdtempSync(join(tmpdir(), 'nir-prompts-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})
const problem = {
  text: 'Add $& two {{tests}} numbers.',
  test_list: ['assert f(1, 2) == 3', 'assert f(0, 0) == 0'],
}

describe('our prompts', () => {
  it('fill in the problem and its tests, once and literally', () => {
    const { user, assistant } = renderPrompt(loadPrompts().generation, problem)
    expect(user).toContain(
      'Problem:\nAdd $& two {{tests}} numbers.\n\nTests:\nassert f(1, 2) == 3\nassert f(0, 0) == 0',
    )
    expect(assistant).toBe('```python\n')
  })

  it('ask for every section of the thesis', () => {
    const { user, assistant } = renderPrompt(loadPrompts().thinking, problem)
    for (const tag of ['thinking', 'reflection', 'solution', 'context_generation']) {
      expect(user).toContain(`<${tag}>`)
      expect(user).toContain(`</${tag}>`)
    }
    expect(assistant).toBe('')
  })
})

describe('template files', () => {
  const file = (text: string) => {
    const path = join(folder, 'template.txt')
    writeFileSync(path, text)
    return path
  }

  it('replace ours, one by one', () => {
    const generation = file('[user]\r\n{{problem}} {{tests}}\r\n[assistant]\r\n')
    const prompts = loadPrompts({ generation })
    expect(prompts.generation).toEqual({ user: '{{problem}} {{tests}}', assistant: '' })
    expect(prompts.thinking).toEqual(loadPrompts().thinking)
  })

  it.each([
    ['without a placeholder', '[user]\n{{problem}}\n[assistant]\n'],
    ['without its lines', '{{problem}} {{tests}}'],
    ['without an assistant turn', '[user]\n{{problem}} {{tests}}\n'],
  ])('are refused %s', (_name, text) => {
    expect(() => loadPrompts({ thinking: file(text) })).toThrow(PromptError)
  })

  it('that are missing are named', () => {
    expect(() => loadPrompts({ thinking: join(folder, 'none') })).toThrow(/none' cannot be read/)
  })
})
