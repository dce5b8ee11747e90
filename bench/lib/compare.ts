import { median, quantile } from 'simple-statistics'

/** One run of a side; returns its milliseconds. */
export type Side = () => Promise<number>

/** How to compare two sides. */
export interface CompareOptions {
  readonly name: string
  /** What the ratio's numerator is: ours. */
  readonly a: Side
  /** What it is held against: the peer. */
  readonly b: Side
  /** Pairs that count. Default 40. */
  readonly pairs?: number | undefined
  /** Pairs before them that do not count. Default 3. */
  readonly warmUp?: number | undefined
}

/** Medians of two sides that ran in turn. Times are in milliseconds. */
export interface Comparison {
  readonly name: string
  /** Median of A ÷ median of B. */
  readonly ratio: number
  readonly a: number
  readonly b: number
  /** Pairs. */
  readonly n: number
  /** The middle half of the ratios of the single pairs: their 25th and 75th percentile. */
  readonly middleHalf: readonly [number, number]
}

/**
 * Runs A and B in turn (A B A B …), so that a machine which slows down slows both, and compares their medians.
 *
 * @example
 * const decode = await compare({ name: 'injection ÷ plain', a: timed(injected), b: timed(plain) })
 * report([decode], values.json)   // injection ÷ plain: ratio 1.02 (A 62.8 ms, B 61.5 ms, n = 40, middle half 1.01–1.03)
 */
export async function compare(options: CompareOptions): Promise<Comparison> {
  const { name, a, b, pairs = 40, warmUp = 3 } = options
  const times: { a: number[]; b: number[] } = { a: [], b: [] }
  for (let pair = -warmUp; pair < pairs; pair++) {
    const both = [await a(), await b()] as const
    if (pair < 0) continue
    times.a.push(both[0])
    times.b.push(both[1])
  }
  return summarize(name, times.a, times.b)
}

/** Compares times that were taken elsewhere: the i-th of both belong together. */
export function summarize(name: string, a: readonly number[], b: readonly number[]): Comparison {
  const ratios = a.map((time, pair) => time / b[pair]!)
  const [ours, peer] = [median([...a]), median([...b])]
  return {
    name,
    ratio: ours / peer,
    a: ours,
    b: peer,
    n: a.length,
    middleHalf: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
  }
}

/** A side that takes the whole time of a task. */
export function timed(task: () => Promise<unknown>): Side {
  return async () => {
    const started = performance.now()
    await task()
    return performance.now() - started
  }
}

/** Prints a line for each comparison, then everything as JSON when asked for. */
export function report(comparisons: readonly Comparison[], json: boolean): void {
  for (const comparison of comparisons) console.log(line(comparison))
  if (json) console.log(JSON.stringify(comparisons))
}

function line({ name, ratio, a, b, n, middleHalf: [low, high] }: Comparison): string {
  const spread = n > 1 ? `, middle half ${low.toPrecision(3)}–${high.toPrecision(3)}` : ''
  return `${name}: ratio ${ratio.toPrecision(3)} (A ${time(a)}, B ${time(b)}, n = ${n}${spread})`
}

function time(milliseconds: number): string {
  return milliseconds < 10_000 ? `${milliseconds.toPrecision(3)} ms` : `${(milliseconds / 1000).toFixed(1)} s`
}
