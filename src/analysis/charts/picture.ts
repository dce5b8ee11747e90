import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { NirError } from '../../errors.js'

/** What can go wrong when a figure is saved. */
export type PictureErrorCode = 'NO_BROWSER' | 'UNKNOWN_FORMAT' | 'BROWSER_FAILED'

/** A figure that could not be saved: no file was written. */
export class PictureError extends NirError {
  declare readonly code: PictureErrorCode
}

/** How large a picture is. */
export interface PictureSize {
  /** Pixels. Default 900. */
  readonly width?: number
  /** Pixels. Default: the figure's own height, else 500. */
  readonly height?: number
  /** Pixels of a PNG per pixel of width and height. Default 2, sharp in print; an SVG has none. */
  readonly scale?: number
}

interface Drawable {
  readonly data: readonly unknown[]
  readonly layout: { readonly height?: number }
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge']
const MAC = ['Google Chrome', 'Chromium'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`)
const LIMIT_MS = 60_000

/** Draws a figure with plotly.js in a headless Chromium and writes it. */
export async function savePicture(figure: Drawable, path: string, size: PictureSize): Promise<void> {
  const format = extname(path).slice(1).toLowerCase()
  if (format !== 'png' && format !== 'svg')
    throw new PictureError(
      'UNKNOWN_FORMAT',
      `${JSON.stringify(path)} does not end in .png or .svg.`,
      'Choose one of those endings.',
    )
  const { width = 900, height = figure.layout.height ?? 500, scale = 2 } = size
  const picture = { format, width, height, scale: format === 'png' ? scale : 1 }
  const folder = await mkdtemp(join(tmpdir(), 'nir-picture-'))
  try {
    const page = join(folder, 'page.html')
    await writeFile(page, pageOf(figure, picture))
    const dom = await dumpDOM(findBrowser(), page, join(folder, 'profile'))
    const [, url] = /<pre id="picture">([^<]*)<\/pre>/.exec(dom) ?? []
    const [head = '', content = ''] = url ? split(url, ',') : []
    if (!head.startsWith('data:image/'))
      throw new PictureError(
        'BROWSER_FAILED',
        `Chromium drew nothing${url ? `: ${url}` : ''}.`,
        'A Chromium that is a snap cannot read the temporary folder: set TMPDIR to a folder in your home, or name another Chrome in the environment variable CHROMIUM.',
      )
    await writeFile(path, format === 'png' ? Buffer.from(content, 'base64') : decodeURIComponent(content))
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** The page puts the picture as a data URL into its text, where `--dump-dom` shows it. */
function pageOf({ data, layout }: Drawable, picture: object): string {
  const plotly = pathToFileURL(createRequire(import.meta.url).resolve('plotly.js-dist-min')).href
  const json = (value: unknown) => JSON.stringify(value).replaceAll('<', '\\u003c')
  return `<!doctype html><meta charset="utf-8"><pre id="picture"></pre>
<script src="${plotly}"></script>
<script>
const say = (text) => { document.getElementById('picture').textContent = String(text) }
Plotly.toImage({ data: ${json(data)}, layout: ${json(layout)} }, ${json(picture)}).then(say, say)
</script>`
}

async function dumpDOM(browser: string, page: string, profile: string): Promise<string> {
  const options = [
    '--headless',
    '--disable-gpu',
    '--no-first-run',
    '--disable-extensions',
    '--disable-background-networking',
    '--disable-sync',
    // Chromium's own sandbox does not start for root; the page is ours and loads nothing from a network.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    `--user-data-dir=${profile}`,
    // Timers run ahead until nothing is pending, so that the page is dumped when it is done, not at once.
    '--virtual-time-budget=20000',
    '--dump-dom',
  ]
  try {
    const { stdout } = await promisify(execFile)(browser, [...options, pathToFileURL(page).href], {
      timeout: LIMIT_MS,
      maxBuffer: 2 ** 28,
    })
    return stdout
  } catch (cause) {
    const { stderr = '', message } = cause as { stderr?: string; message: string }
    const lines = stderr.trim().split('\n')
    const said = lines.find((line) => line.includes('FATAL')) ?? lines.at(-1)
    throw new PictureError(
      'BROWSER_FAILED',
      `${browser} failed: ${said || message}`,
      'Start it by hand with --headless to see why, or name another one in the environment variable CHROMIUM.',
      { cause },
    )
  }
}

/** Path of a Chromium. @throws {@link PictureError} `NO_BROWSER`. */
export function findBrowser(): string {
  const own = process.env['CHROMIUM']
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  const found = (
    own
      ? [own, ...(own.includes('/') ? [] : onPath.filter((path) => path.endsWith(`/${own}`)))]
      : [...onPath, ...MAC]
  ).find(isExecutable)
  if (found) return found
  throw new PictureError(
    'NO_BROWSER',
    own
      ? `The environment variable CHROMIUM names ${own}, which cannot be run.`
      : 'There is no Chromium on this machine to draw the picture with.',
    'Install one (Debian: apt-get install chromium), or set the environment variable CHROMIUM to the path of a Chrome or Chromium.',
  )
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function split(text: string, at: string): [string, string] {
  const index = text.indexOf(at)
  return [text.slice(0, index), text.slice(index + at.length)]
}
