import { inCell } from './in-cell.js'
import { tokenLine } from './lines.js'

/** What a call does with tokens. */
type Kind = 'capturing' | 'thinking' | 'generating'

/** Tells how many tokens of at most how many a call has done. */
type Report = (tokens: number, most: number) => void

/** Calls of one kind that run at the same time, and the place of the cell that they share. */
interface Running {
  readonly show: NonNullable<ReturnType<typeof inCell>>
  readonly startedAt: number
  readonly calls: { tokens: number; most: number }[]
  open: number
}

const running = new Map<Kind, Running>()

/** Does work whose tokens the running cell shows, together with those of other work of its kind; without a cell, does it. */
export async function showingTokens<T>(
  kind: Kind,
  work: (report: Report | undefined) => Promise<T>,
): Promise<T> {
  const all = running.get(kind) ?? begin(kind)
  if (!all) return work(undefined)
  const call = { tokens: 0, most: 0 }
  all.calls.push(call)
  all.open++
  try {
    return await work((tokens, most) => {
      Object.assign(call, { tokens, most })
      show(kind, all, false)
    })
  } finally {
    if (--all.open === 0) {
      running.delete(kind)
      show(kind, all, true)
    }
  }
}

function begin(kind: Kind): Running | undefined {
  const place = inCell()
  if (!place) return undefined
  const all = { show: place, startedAt: performance.now(), calls: [], open: 0 }
  running.set(kind, all)
  return all
}

function show(kind: Kind, { show, startedAt, calls }: Running, isLast: boolean): void {
  const line = () => {
    const tokens = calls.reduce((sum, call) => sum + call.tokens, 0)
    const most = calls.reduce((sum, call) => sum + call.most, 0)
    const what = calls.length === 1 ? kind : `${kind} ${calls.length} ×`
    return tokenLine(what, tokens, isLast ? tokens : most, performance.now() - startedAt)
  }
  show(() => ({ 'text/plain': line() }), isLast)
}
