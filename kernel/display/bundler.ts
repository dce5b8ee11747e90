import { inspect } from 'node:util'
import { frameBundle, isFrame } from './frame.js'
import { toJsonValue } from '../../src/text/json.js'
import { isMimeBundle, type DisplayData, type MimeBundle } from './mime.js'
import { areGenerations, generationsBundle, isGeneration } from './generation.js'
import { figureBundle, isFigure } from './plotly.js'
import { crvBundle, isCrv, isTensor, tensorBundle } from './tensors.js'

/** A method of this name returns, or promises, a value's own MIME bundle. The name is Deno's. */
export const DISPLAY = Symbol.for('Jupyter.display')

/** Turns values into MIME bundles, with plotly.js in the first figure of the notebook only. */
export class Bundler {
  private carrier: string | undefined

  /**
   * @param value anything
   * @param cell names the cell that shows it: the cell that carries plotly.js carries it again when it runs again
   */
  bundle(value: unknown, cell: string): DisplayData | Promise<DisplayData> {
    const own = ownDisplay(value)
    if (!own) return this.known(value, cell)
    const shown = own()
    if (shown instanceof Promise) return shown.then((result: unknown) => this.described(value, result, cell))
    return this.described(value, shown, cell)
  }

  private described(value: unknown, shown: unknown, cell: string): DisplayData {
    if (isFigure(shown)) return this.figure(shown, cell)
    if (isMimeBundle(shown)) return { data: withText(shown, value), metadata: {} }
    return this.known(value, cell)
  }

  private known(value: unknown, cell: string): DisplayData {
    if (isFrame(value)) return { data: frameBundle(value), metadata: {} }
    if (isFigure(value)) return this.figure(value, cell)
    if (isMimeBundle(value)) return { data: withText(value, value), metadata: {} }
    if (isCrv(value)) return { data: crvBundle(value), metadata: {} }
    if (isTensor(value)) return { data: tensorBundle(value), metadata: {} }
    if (isGeneration(value)) return { data: generationsBundle([value]), metadata: {} }
    if (areGenerations(value)) return { data: generationsBundle(value), metadata: {} }
    return { data: { 'text/plain': inspect(value) }, metadata: {} }
  }

  private figure(figure: Parameters<typeof figureBundle>[0], cell: string): DisplayData {
    this.carrier ??= cell
    return { data: figureBundle(figure, this.carrier === cell), metadata: {} }
  }
}

function ownDisplay(value: unknown): (() => unknown) | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  const method = (value as Record<symbol, unknown>)[DISPLAY]
  return typeof method === 'function' ? () => method.call(value) as unknown : undefined
}

/** Every bundle has text; front ends without a renderer for the rest show it. */
function withText(bundle: MimeBundle, value: unknown): MimeBundle {
  const text =
    bundle['text/plain'] ?? ('text/html' in bundle || hasImage(bundle) ? '[display]' : inspect(value))
  const given = Object.entries(bundle).filter(([, content]) => content !== undefined)
  const entries = given.map(([type, content]) => [
    type,
    content instanceof Uint8Array ? Buffer.from(content).toString('base64') : toJsonValue(content),
  ])
  return { ...Object.fromEntries(entries), 'text/plain': text } as MimeBundle
}

function hasImage(bundle: MimeBundle): boolean {
  return Object.keys(bundle).some((type) => type.startsWith('image/'))
}
