import { inspect } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { documented } from '../../src/session/help/documented.js'
import type * as api from '../../src/index.js'
import { importBuilt } from '../kernel/built.js'

let session: api.Session
let classes: Record<string, { prototype: object }>
const shown = (value: object) =>
  (value as Record<symbol, () => Record<string, string>>)[Symbol.for('Jupyter.display')]!()

beforeAll(async () => {
  const { Session, Sweep, Study } = await importBuilt<typeof api>('src/index.js')
  session = Object.create(Session.prototype) as api.Session // help needs no model
  classes = { nir: Session, sweep: Sweep, study: Study }
})

describe('nir.help()', () => {
  it('has every public member of the session, sweeps and studies, each with an example', () => {
    const text = inspect(session.help())
    for (const [prefix, { prototype }] of Object.entries(classes))
      for (const name of Object.getOwnPropertyNames(prototype).filter((own) => own !== 'constructor'))
        expect(text).toMatch(new RegExp(`^  ${prefix}\\.${name}: .+\\.\\n      \\S.*${name}`, 'm'))
    expect(text).not.toMatch(/@(link|example|category)/)
  })

  it('is grouped, as text and as HTML that holds no markup of the texts', () => {
    const { 'text/plain': text, 'text/html': html } = shown(session.help())
    expect(text).toContain('\n\nHidden states\n  nir.capture: ')
    expect(html).toContain('<td style="text-align:left;vertical-align:top"><code>nir.capture</code></td>')
    expect(html).toContain('nir.prompt(problem), { stop: [&#39;```&#39;] }')
  })

  it('tells all of one: by name, by path, by function', () => {
    const { 'text/plain': text, 'text/html': html } = shown(session.help('captureTo'))
    expect(text).toContain(
      'captureTo(path: string, texts: Texts, options?: CaptureToOptions): Promise<CaptureSummary>',
    )
    expect(text).toContain('\n\nthrows: InputError, ContextSizeError')
    expect(text).toContain("\n    await nir.captureTo('problems.safetensors', texts")
    expect(html).toContain('Promise&lt;CaptureSummary&gt;')
    expect(String(session.help(session.captureTo))).toBe(text)
    expect(String(session.help('nir.captureTo'))).toBe(text)
    expect(String(session.help('sweep.table'))).toContain('table(id: TableId): Table')
    expect(String(session.help('sql'))).toContain('study.sql')
  })

  it('lists what there is for a name that is not', () => {
    expect(() => session.help('capure')).toThrow("no help on 'capure'")
    expect(() => session.help('capure')).toThrow('nir.capture,')
  })
})

describe('a declaration file', () => {
  it('is read with links as names, paragraphs as lines, overloads together', () => {
    const text = [
      'export declare class A {',
      '    /**',
      '     * One',
      '     * line, see {@link B}.',
      '     *',
      '     * Two.',
      '     * @param x - of {@link C | that}',
      '     * @example',
      '     * f({',
      '     *   x: 1,',
      '     * })',
      '     */',
      '    f(x: {',
      '        a: number;',
      '    }): void;',
      '    f(x: string): void;',
      '    g(): void;',
      '}',
    ].join('\n')
    expect(documented(text)).toEqual([
      {
        name: 'f',
        signature: 'f(x: {\n    a: number;\n}): void\nf(x: string): void',
        description: 'One line, see B.\n\nTwo.',
        tags: [
          ['param', 'x - of that'],
          ['example', 'f({\n  x: 1,\n})'],
        ],
      },
    ])
  })
})
