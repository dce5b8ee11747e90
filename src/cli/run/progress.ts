type Content = Record<string, unknown>

/** Where progress is written: `process.stderr`, or a stand-in. */
export interface ProgressStream {
  write(text: string): unknown
  isTTY?: boolean
  columns?: number
}

const TICK_MS = 1000
const MAX_TITLE = 60
const CLEAR_LINE = '\r\u001b[K'

/**
 * Shows how a run goes. On a terminal: a line that counts the seconds, with the cell's text output above it as it
 * comes. Elsewhere: one line for each cell.
 */
export class Progress {
  private place = ''
  private title = ''
  private started = 0
  private note = ''
  private atLineStart = true
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly out: ProgressStream) {}

  /** A cell begins. */
  begin(position: number, count: number, source: string): void {
    this.place = `[${position}/${count}]`
    this.title = titleOf(source)
    this.started = performance.now()
    this.note = ''
    if (!this.out.isTTY) return
    this.drawStatus()
    this.timer = setInterval(() => this.drawStatus(), TICK_MS)
    this.timer.unref()
  }

  /** The running cell put out something. */
  output(type: string, content: Content): void {
    if (!this.out.isTTY) return
    if (type === 'stream') return this.writeAbove(String(content['text']))
    const text = (content['data'] as Content | undefined)?.['text/plain']
    if (typeof text !== 'string') return
    if (type === 'update_display_data') this.note = text.split('\n', 1)[0]!
    this.drawStatus()
  }

  /** The running cell ended. */
  end(succeeded: boolean): void {
    clearInterval(this.timer)
    const line = `${succeeded ? '✓' : '✗'} ${this.place} ${shorten(this.title, MAX_TITLE)} (${this.elapsed()})\n`
    this.out.write(this.out.isTTY ? `${this.startOfLine()}${line}` : line)
    this.atLineStart = true
  }

  private writeAbove(text: string): void {
    this.out.write(`${this.startOfLine()}${text}`)
    this.atLineStart = text.endsWith('\n')
    if (this.atLineStart) this.drawStatus()
  }

  /** Takes the status line off; output that has no line end yet stays. */
  private startOfLine(): string {
    return this.atLineStart ? CLEAR_LINE : ''
  }

  private drawStatus(): void {
    if (!this.atLineStart) return
    const before = `… ${this.place} `
    const after = ` · ${this.elapsed()}`
    const width = (this.out.columns || 80) - before.length - after.length - 1
    this.out.write(`${CLEAR_LINE}${before}${shorten(this.note || this.title, width)}${after}`)
  }

  private elapsed(): string {
    return `${((performance.now() - this.started) / 1000).toFixed(1)} s`
  }
}

function titleOf(source: string): string {
  const lines = source.split('\n').map((line) => line.trim())
  return lines.find((text) => text !== '' && !text.startsWith('import ')) ?? lines[0] ?? ''
}

function shorten(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text
}
