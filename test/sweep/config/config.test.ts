import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  configuredModels,
  ConfigError,
  loadStudyConfig,
  sessionOptions,
  studySchema,
  sweepOptions,
  type StudyConfig,
} from '../../../src/index.js'
import { packageRoot } from '../../../src/package-root.js'

const root = mkdtempSync(join(tmpdir(), 'nir-config-'))
afterAll(() => rmSync(root, { recursive: true }))

function file(text: string, name = 'ablation.yaml'): string {
  const path = join(root, name)
  writeFileSync(path, text)
  return path
}

async function refusal(text: string): Promise<ConfigError> {
  const error: unknown = await loadStudyConfig(file(text)).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(ConfigError)
  return error as ConfigError
}

describe('a configuration file', () => {
  it('has its paths made absolute from its folder, and a study beside it', async () => {
    const config = await loadStudyConfig(
      file(`version: 1
model: { small: models/small.gguf, large: "hf:someone/model:Q4_K_M", ours: embedded }
problems: { source: tasks.jsonl, limit: 3 }
prompts: { thinking: think.txt }
context: { file: contexts.jsonl }
`),
    )
    expect(config).toEqual({
      version: 1,
      model: { small: join(root, 'models/small.gguf'), large: 'hf:someone/model:Q4_K_M', ours: 'embedded' },
      problems: { source: join(root, 'tasks.jsonl'), limit: 3 },
      prompts: { thinking: join(root, 'think.txt') },
      context: { file: join(root, 'contexts.jsonl') },
      study: join(root, 'ablation'),
    })
    expect([...configuredModels(config).keys()]).toEqual(['small', 'large', 'ours'])
    await expect(sessionOptions(config)).rejects.toThrow(/has the models small, large, ours; none was named/)
  })

  it('may be JSON, and mean the same as YAML', async () => {
    const json = file('{ "version": 1, "layers": ["original", 3], "mapping": { "3": 1 } }', 'a.json')
    const yaml = file('version: 1\nlayers: [original, 3]\nmapping: { 3: 1 }\n', 'a.yaml')
    expect(await loadStudyConfig(json)).toEqual(await loadStudyConfig(yaml))
  })

  it('gives way to options, part by part where it has parts', async () => {
    const path = file(
      'version: 1\nproblems: { limit: 9, range: [1, 50] }\nsession: { exact: true }\nseed: 3\n',
    )
    const config = await loadStudyConfig(path, { problems: { limit: 2 }, session: { threads: 1 }, seed: 4 })
    expect(config).toMatchObject({
      problems: { limit: 2, range: [1, 50] },
      session: { exact: true, threads: 1 },
      seed: 4,
    })
    const other = await loadStudyConfig(path, { problems: { source: 'mbpp' } })
    expect(other.problems).toEqual({ source: 'mbpp' })
  })
})

describe('a wrong configuration', () => {
  it('is refused with the place of every mistake, what was given and what was expected', async () => {
    const { message, mistakes } = await refusal(`version: 1
gird:
  inject: all
problems: { limt: 3, range: [1, x] }
layers: [0, orig, -1]
samples: 0
mapping: { x: 1 }
model: { ..: embedded }
arms:
  - injections:
      - { layer: 3, slice: [1, 2, 3] }
    steering: [{ layer: 1, vectr: mean, vector: mean }]
    noise: 1
session: { exact: yes }
`)
    expect(mistakes).toEqual([
      { path: 'gird', line: 2, column: 1, message: 'there is no such field. Did you mean grid?' },
      { path: 'problems.limt', line: 4, column: 13, message: 'there is no such field. Did you mean limit?' },
      { path: 'problems.range[1]', line: 4, column: 33, message: 'is "x"; expected a number.' },
      { path: 'layers[1]', line: 5, column: 13, message: 'is "orig"; expected a number or original.' },
      { path: 'layers[2]', line: 5, column: 19, message: 'is -1; expected a number from 0.' },
      { path: 'samples', line: 6, column: 10, message: 'is 0; expected a number from 1.' },
      { path: 'mapping.x', line: 7, column: 12, message: 'the name "x" is not the number of a layer.' },
      {
        path: 'model...',
        line: 8,
        column: 10,
        message: 'the name ".." is not the name of a folder: letters, digits, -, _ and (not first) dots.',
      },
      {
        path: 'arms[0].injections[0].slice',
        line: 11,
        column: 28,
        message: 'is [1,2,3]; expected one or two whole numbers.',
      },
      {
        path: 'arms[0].steering[0].vectr',
        line: 12,
        column: 28,
        message: 'there is no such field. Did you mean vector?',
      },
      {
        path: 'arms[0].noise',
        line: 13,
        column: 5,
        message:
          'there is no such field. There are: name, injections, steering, replacements, temperature, prompt.',
      },
      { path: 'session.exact', line: 14, column: 19, message: 'is "yes"; expected true or false.' },
    ])
    expect(message).toContain(`${join(root, 'ablation.yaml')}:2:1: gird: there is no such field.`)
  })

  it('names what is missing, and where there is no YAML at all', async () => {
    expect((await refusal('layers: all\n')).mistakes).toMatchObject([
      { path: 'version', message: 'is missing; expected 1.' },
    ])
    expect((await refusal('')).mistakes).toMatchObject([
      { path: '', message: 'is null; expected fields with values.' },
    ])
    const syntax = await refusal('version: 1\nlayers: [0, 3\nseed: 1\n')
    expect(syntax).toMatchObject({ code: 'CONFIG_SYNTAX', mistakes: [{ line: 3, column: 1 }] })
    expect(await refusal('version: 1\nseed: 1\nseed: 2\n')).toMatchObject({
      code: 'CONFIG_SYNTAX',
      mistakes: [{ line: 3, column: 1, message: 'Map keys must be unique.' }],
    })
    await expect(loadStudyConfig(join(root, 'none.yaml'))).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
    })
  })

  it('given as an object is refused by the same rules', async () => {
    const given = { version: 1, samples: 1.5 } as StudyConfig
    await expect(loadStudyConfig(given)).rejects.toMatchObject({
      mistakes: [{ path: 'samples', line: null, message: 'is 1.5; expected a whole number.' }],
    })
  })
})

describe('what a configuration sweeps', () => {
  it('are the problems that it chooses, in contexts that it names', async () => {
    const all = await sweepOptions({ version: 1 })
    const ids = all.problems.map(({ task_id: id }) => id)
    const chosen = await sweepOptions({
      version: 1,
      problems: { range: [ids[1]!, ids[4]!], taskIds: [ids[0]!, ids[2]!, ids[4]!], limit: 1 },
      context: 'reference',
    })
    expect(chosen.problems.map(({ task_id: id }) => id)).toEqual([ids[2]])
    expect(await chosen.context?.(chosen.problems[0]!)).toContain('def ')
    expect(all.context).toBeUndefined()
    await expect(sweepOptions({ version: 1, problems: { taskIds: [-5] } })).rejects.toThrow(/taskIds is -5/)
    await expect(sweepOptions({ version: 1, problems: { range: [5, 2] } })).rejects.toThrow(
      /range is \[5,2\]; expected the first and last task_id/,
    )
  })

  it('lacks no context', async () => {
    const contexts = file('{ "task_id": 1, "context": "think" }\n', 'contexts.jsonl')
    const config = { version: 1, context: { file: contexts } } as const
    await expect(sweepOptions(config)).rejects.toThrow(/There is no context in '.*' for problem/)
  })
})

describe('the JSON Schema', () => {
  it('that is kept is the one of the code (nir sweep --schema > data/schema/study.schema.json)', async () => {
    const kept = readFileSync(join(packageRoot(), 'data', 'schema', 'study.schema.json'), 'utf8')
    expect(kept).toBe(`${JSON.stringify(await studySchema(), null, 2)}\n`)
  })

  it('describes every field', async () => {
    const undescribed: string[] = []
    const visit = (schema: unknown, path: string): void => {
      if (typeof schema !== 'object' || schema === null) return
      const { properties, ...rest } = schema as { properties?: Record<string, { description?: string }> }
      for (const [name, field] of Object.entries(properties ?? {})) {
        if (field.description === undefined) undescribed.push(`${path}.${name}`)
        visit(field, `${path}.${name}`)
      }
      for (const [key, value] of Object.entries(rest)) visit(value, `${path}/${key}`)
    }
    visit(await studySchema(), '')
    expect(undescribed).toEqual([])
  })
})
