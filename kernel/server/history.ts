import { matchesGlob } from './glob.js'
import { HistoryFiles, type HistoryEntry } from './history-files.js'

/** The inputs of this and earlier runs of the kernel, as `history_request` asks for them. */
export class History {
  private readonly files: HistoryFiles
  private readonly lines: [line: number, input: string][] = []
  private readonly outputs = new Map<number, string>()

  /** @param folder where earlier inputs are kept; without it, only this run's are known */
  constructor(folder?: string) {
    this.files = new HistoryFiles(folder)
  }

  add(line: number, input: string): void {
    this.lines.push([line, input])
    this.files.append(line, input)
  }

  /** Keeps the text of a cell's result. */
  addOutput(line: number, text: string): void {
    this.outputs.set(line, text)
  }

  /** The content of a `history_reply`. */
  reply(request: Record<string, unknown>): Record<string, unknown> {
    const chosen = this.choose(request)
    const history = request['output'] === true ? chosen.map((entry) => this.withOutput(entry)) : chosen
    return { status: 'ok', history }
  }

  private choose(request: Record<string, unknown>): HistoryEntry[] {
    const count = wholeNumber(request['n'])
    switch (request['hist_access_type']) {
      case 'range':
        return this.range(
          wholeNumber(request['session']) ?? 0,
          wholeNumber(request['start']) ?? 0,
          wholeNumber(request['stop']),
        )
      case 'search':
        return this.search(String(request['pattern'] ?? '*'), request['unique'] === true, count)
      default:
        return this.backwards(() => true, count)
    }
  }

  /** `session` counts from the start; 0 is this one, and -1 the one before. Negative lines count from the end. */
  private range(session: number, start: number, stop: number | undefined): HistoryEntry[] {
    const own = this.files.session
    const earlier = () => this.files.sessions().filter((number) => number < own)
    const number = session > 0 ? session : session === 0 ? own : earlier().at(session)
    if (number === undefined) return []
    const entries = this.entriesOf(number)
    const end = (entries.at(-1)?.[1] ?? 0) + 1
    const fromEnd = (line: number): number => (line < 0 ? end + line : line)
    return entries.filter(([, line]) => line >= fromEnd(start) && line < fromEnd(stop ?? end))
  }

  private search(pattern: string, unique: boolean, count: number | undefined): HistoryEntry[] {
    const seen = new Set<string>()
    return this.backwards((input) => {
      if (!matchesGlob(pattern, input) || (unique && seen.has(input))) return false
      seen.add(input)
      return true
    }, count)
  }

  /** The last `count` inputs that `take` accepts, oldest first; reads no more files than that needs. */
  private backwards(take: (input: string) => boolean, count = Infinity): HistoryEntry[] {
    const found: HistoryEntry[] = []
    const own = this.files.session
    for (const session of [...this.files.sessions(), own].reverse()) {
      for (const entry of this.entriesOf(session, own).reverse()) {
        if (found.length >= count) return found.reverse()
        if (take(entry[2])) found.push(entry)
      }
    }
    return found.reverse()
  }

  private entriesOf(session: number, own = this.files.session): HistoryEntry[] {
    if (session !== own) return this.files.read(session)
    return this.lines.map(([line, input]) => [session, line, input])
  }

  private withOutput([session, line, input]: HistoryEntry): unknown[] {
    const output = session === this.files.session ? this.outputs.get(line) : undefined
    return [session, line, [input, output ?? null]]
  }
}

function wholeNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined
}
