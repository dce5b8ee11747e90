type Entry = [session: number, line: number, input: string]

const THIS_SESSION = 1

/** The inputs of this run of the kernel, as `history_request` asks for them. Nothing is kept on disk. */
export class History {
  private readonly entries: Entry[] = []

  add(line: number, input: string): void {
    this.entries.push([THIS_SESSION, line, input])
  }

  /** The content of a `history_reply`. */
  reply(request: Record<string, unknown>): Record<string, unknown> {
    const chosen = this.choose(request)
    const history = request['output'] === true ? chosen.map(([s, l, input]) => [s, l, [input, null]]) : chosen
    return { status: 'ok', history }
  }

  private choose(request: Record<string, unknown>): Entry[] {
    const count = typeof request['n'] === 'number' ? request['n'] : undefined
    switch (request['hist_access_type']) {
      case 'range': {
        const start = Number(request['start'] ?? 0)
        const stop = typeof request['stop'] === 'number' ? request['stop'] : Infinity
        return this.entries.filter(([, line]) => line >= start && line < stop)
      }
      case 'search': {
        const matches = globMatcher(String(request['pattern'] ?? '*'))
        let found = this.entries.filter(([, , input]) => matches(input))
        if (request['unique'] === true) found = lastOfEach(found)
        return count === undefined ? found : found.slice(-count)
      }
      default:
        return count === undefined ? this.entries : this.entries.slice(-count)
    }
  }
}

function globMatcher(pattern: string): (text: string) => boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const expression = new RegExp(`^${source}$`, 's')
  return (text) => expression.test(text)
}

function lastOfEach(entries: Entry[]): Entry[] {
  return [...new Map(entries.map((entry) => [entry[2], entry])).values()]
}
