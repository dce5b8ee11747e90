import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dumpStudy } from '../../bench/lib/study-kills.js'
import { loadStudyConfig, openStudy, sweepOptions } from '../../src/index.js'
import { packageRoot } from '../../src/package-root.js'
import { built } from '../kernel/built.js'
import { nir } from './notebooks.js'

const root = mkdtempSync(join(tmpdir(), 'nir-sweep-'))
const config = join(root, 'small.yaml')
const study = join(root, 'small')

beforeAll(() => {
  built()
  writeFileSync(
    config,
    `version: 1
session: { exact: true, gpu: false }
problems: { source: embedded, limit: 3 }
layers: [original, 0, 3, 1, 4, 9]
maxTokens: 40
maxThinkingTokens: 64
`,
  )
}, 300_000)
afterAll(() => rmSync(root, { recursive: true }))

const events = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe('nir sweep, on a file', () => {
  it('is killed, goes on, and has what a sweep at once has; status says so at every stage', async () => {
    const killed = await nir(['sweep', config, '--json'], {
      when: /"event":"unit"/,
      act: (kill) => kill('SIGKILL'),
    })
    expect(killed.status).toBeNull()
    const between = JSON.parse((await nir(['status', study, '--json'])).stdout) as Record<string, unknown>
    expect(between).toMatchObject({ holder: null, lastRun: 'killed', units: { total: 3 } })
    const stored = (between['units'] as { done: number }).done
    expect(stored).toBeGreaterThan(0)

    const again = await nir(['sweep', config, '--json'])
    expect(again.status, again.stderr).toBe(0)
    const seen = events(again.stdout)
    expect(seen.map(({ event }) => event)).toEqual([
      'start',
      ...Array.from({ length: 3 - stored }, () => 'unit'),
      'end',
    ])
    expect(seen[0]).toMatchObject({ study, name: null, units: 3, arms: { length: 6 } })
    expect(seen.at(-1)).toMatchObject({ state: 'done', generations: 18 })

    const whole = await nir(['sweep', config, '--study', join(root, 'whole')])
    expect(whole.status, whole.stderr).toBe(0)
    expect(whole.stderr).toMatch(/Z end state=done study=\S+ generations=18/)
    expect(await dumpStudy(study)).toEqual(await dumpStudy(join(root, 'whole')))
    const status = await nir(['status', study])
    expect(status.stdout).toMatch(/3 of 3 units \(100.0 %\)\nthe last sweep was done/)
  }, 400_000)

  it('tells in its status what a queue set aside, until a sweep tries it again', async () => {
    const unit = { taskId: 7, sample: 0, attempts: 3, error: 'cannot do 7' }
    writeFileSync(join(study, 'failed-units.json'), JSON.stringify([unit]))
    const told = await nir(['status', study])
    expect(told.stdout).toContain('set aside after 3 attempts: problem 7, sample 0: cannot do 7')
    const json = JSON.parse((await nir(['status', study, '--json'])).stdout) as Record<string, unknown>
    expect(json['setAside']).toEqual([unit])

    const again = await nir(['sweep', config])
    expect(again.status, again.stderr).toBe(0)
    expect((await nir(['status', study])).stdout).not.toContain('set aside')
  }, 240_000)

  it('keeps its configuration with the run', async () => {
    const opened = await openStudy(study)
    const [run] = await opened.sql<{ environment: string }>`SELECT environment FROM runs LIMIT 1`
    await opened.close()
    const kept = (JSON.parse(run!.environment) as { config: unknown }).config
    expect(kept).toEqual(await loadStudyConfig(config))
  })

  it('refuses a study that is held or was begun otherwise with 3, and says who holds it', async () => {
    const opened = await openStudy(study)
    try {
      for (const command of [
        ['sweep', config],
        ['status', study],
      ]) {
        const held = await nir(command)
        expect(held.status, held.stdout).toBe(3)
        expect(held.stderr).toContain(`process ${process.pid}`)
        expect(held.stderr).not.toMatch(/ start /) // before the model is loaded
      }
    } finally {
      await opened.close()
    }
    const other = await nir(['sweep', config, '--max-tokens', '41'])
    expect(other.status).toBe(3)
    expect(other.stderr).toContain('maxTokens is 40 there and 41 here')
  }, 120_000)

  it('stops at SIGINT with 130; status is known while it runs', async () => {
    const folder = join(root, 'stopped')
    let status: ReturnType<typeof nir> | undefined
    const stopped = await nir(['sweep', config, '--study', folder, '--limit', '40', '--json'], {
      when: /"event":"unit"/,
      act: (kill) => {
        status = nir(['status', folder])
        void status.then(() => kill('SIGINT'))
      },
    })
    expect((await status)?.stdout).toMatch(/of 40 units .*; held by process \d+ on /)
    expect(stopped.status).toBe(130)
    expect(events(stopped.stdout).at(-1)).toMatchObject({ event: 'end', state: 'stopped' })
  }, 240_000)

  it('plans without storing anything', async () => {
    const folder = join(root, 'planned')
    const { status, stdout, stderr } = await nir(['sweep', config, '--study', folder, '--dry-run', '--json'])
    expect(status, stderr).toBe(0)
    const [plan] = events(stdout)
    expect(plan).toMatchObject({
      event: 'plan',
      units: { total: 3, stored: 0 },
      generations: { total: 18, stored: 0 },
      tokens: { thinking: 192, generation: 720, from: 'limits' },
    })
    expect(plan!['milliseconds']).toBeGreaterThan(0)
    expect(existsSync(folder)).toBe(false)
    const parts = ['1/3', '2/3', '3/3'].map((shard) => ['--shard', shard])
    const plans = []
    for (const part of parts) {
      const { stdout } = await nir(['sweep', config, '--dry-run', '--json', '--limit', '2', ...part])
      plans.push(events(stdout)[0] as { study: string; units: { total: number; stored: number } })
    }
    expect(plans.map(({ study }) => study)).toContain(`${study}.shard-2-of-3`)
    expect(plans.reduce((sum, { units }) => sum + units.total, 0)).toBe(2) // one is empty
    expect(plans.every(({ units }) => units.stored === 0)).toBe(true)
    const done = await nir(['sweep', config, '--dry-run'])
    expect(done.stdout).toContain('units        3 (problem × sample), 3 stored')
    expect(done.stdout).toContain('time         nothing is left')
  }, 120_000)
})

describe('nir sweep, wrongly asked', () => {
  it.each([
    [['sweep', 'none.yaml'], /none\.yaml: it cannot be read/],
    [['sweep'], /The study has no folder/],
    [['sweep', '--samples', 'many', '--study', 'x'], /--samples many is not a number/],
    [['sweep', '--samples', '0', '--study', 'x'], /The options: samples: is 0; expected a number from 1/],
    [['sweep', '--layers', '0,top', '--study', 'x'], /layers\[1\]: is "top"; expected a number or original/],
    [['sweep', '--study', 'x', '--dry-run', '--queue', 'env'], /--dry-run and --queue exclude each other/],
    [['sweep', '--noise'], /Unknown option/],
    [['status'], /takes the folder of one study/],
    [['compare', 'a'], /takes two studies/],
  ])('%j exits with 2', async (args, message) => {
    const { status, stderr } = await nir(args)
    expect(stderr).toMatch(message)
    expect(status).toBe(2)
  })

  it('looks at the last of several models before the first is swept', async () => {
    const several = join(root, 'several.yaml')
    const begin = 'version: 1\nproblems: { source: embedded, limit: 1 }\nlayers: [original]\n'
    writeFileSync(several, `${begin}model: { ours: embedded, theirs: none.gguf }\n`)
    const { status, stderr } = await nir(['sweep', several])
    expect(stderr).toMatch(/^nir: The model '.*none.gguf' cannot be opened as a file/)
    expect(status).toBe(1)
    expect(existsSync(join(root, 'several'))).toBe(false)
  })

  it('names the place in the file', async () => {
    const wrong = join(root, 'wrong.yaml')
    writeFileSync(wrong, 'version: 1\nlayer: [0]\n')
    const { status, stderr } = await nir(['sweep', wrong])
    expect(stderr).toContain(`${wrong}:2:1: layer: there is no such field. Did you mean layers?`)
    expect(status).toBe(2)
  })
})

describe('what is made of studies', () => {
  it('a report: one page that asks for nothing, and text', async () => {
    const page = join(root, 'report.html')
    const made = await nir(['report', study, '--html', page])
    expect(made.status, made.stderr).toBe(0)
    const html = readFileSync(page, 'utf8')
    const own = html.replace(/<script class="nir-plotly-js">[^]*?<\/script>/, '')
    expect(html.length - own.length).toBeGreaterThan(1e6)
    expect(own).not.toMatch(/(?:src|href)="(?!#)/)
    for (const title of ['What was run', 'Tables', 'Charts', 'Statistics', 'Where the time went'])
      expect(own).toContain(`<h2>${title}</h2>`)
    expect(own).toContain('published and measured') // the arms 0.. 1, 4 and 9 stand for the thesis'
    const { stdout } = await nir(['report', study])
    expect(stdout).toContain('3 of 3 (problem × sample)')
    expect(stdout).toContain('nir sweep again.json --study again')
    expect(stdout).toMatch(/nir compare .*small'? again/)
    const nowhere = await nir(['report', study, '--html', join(root, 'none', 'report.html')])
    expect(nowhere.stderr).toMatch(/^nir: '.*report.html' cannot be written: .* Give a file in a folder/)
    expect(nowhere.status).toBe(1)
  }, 120_000)

  it('a comparison: what differs in the settings, and the arms in common', async () => {
    const other = join(root, 'shorter')
    const swept = await nir([
      'sweep',
      config,
      '--study',
      other,
      '--layers',
      '0,original',
      '--max-tokens',
      '12',
    ])
    expect(swept.status, swept.stderr).toBe(0)
    const json = JSON.parse((await nir(['compare', study, other, '--json'])).stdout) as Record<
      string,
      unknown
    >
    expect(json).toMatchObject({
      names: ['small', 'shorter'],
      settings: [{ path: 'maxTokens', values: [40, 12] }],
      onlyIn: [['layer 1', 'layer 3', 'layer 4', 'layer 9'], []],
    })
    const { stdout } = await nir(['compare', study, other])
    expect(stdout).toContain('maxTokens: 40 (a), 12 (b)')
    const page = join(root, 'compare.html')
    await nir(['compare', study, other, '--html', page])
    expect(readFileSync(page, 'utf8')).toContain('<h2>Arms in common, paired by problem and sample</h2>')
  }, 120_000)
})

describe('the examples', () => {
  const folder = join(packageRoot(), 'data', 'studies')
  const files = readdirSync(folder)

  it.each(files)('%s is a configuration, and names its schema', async (name) => {
    const path = join(folder, name)
    expect((await loadStudyConfig(path)).version).toBe(1)
    const [schema] = /\$schema=\S+/.exec(readFileSync(path, 'utf8'))!
    expect(existsSync(join(folder, schema.slice('$schema='.length)))).toBe(true)
  })

  it('the ablation runs', async () => {
    const options = await sweepOptions(join(folder, 'ablation.yaml'))
    expect(options.problems).toHaveLength(40)
    const args = ['--study', join(root, 'ablation'), '--limit', '1', '--max-tokens', '8', '--json']
    const { status, stdout, stderr } = await nir(['sweep', join(folder, 'ablation.yaml'), ...args])
    expect(status, stderr).toBe(0)
    const [start] = events(stdout)
    expect(start!['arms']).toContain('layer 3 from 0 until 5 of tokens 0 to 16')
    expect(start!['arms']).toContain('mean context added at 6')
  }, 120_000)
})
