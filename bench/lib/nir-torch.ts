import { join } from 'node:path'
import { packageRoot } from '../../src/package-root.js'
import { output } from './child.js'

/** What to run with `bench/peers/nir_torch.py`. */
export interface PeerOptions {
  readonly python: string
  readonly path: string
  readonly threads: number
  readonly dtype: string
  /** For example `original,1,11`: the original and at least one depth. */
  readonly arms: string
  readonly think: number
  readonly context: number
  readonly prompt: number
  readonly generate: number
}

/** The peer's milliseconds. */
export interface PeerSweep {
  /** Of the original: a generation. */
  readonly original: number
  /** Of the mean depth: thinking, capture, generation. */
  readonly depth: number
}

interface Report {
  readonly arms: readonly { readonly layer: number | 'original'; readonly seconds: number }[]
}

/** Runs some arms of a sweep the thesis' way, in PyTorch. Loading the model is not counted. */
export async function thesisWay(options: PeerOptions): Promise<PeerSweep> {
  const { python, path, threads, dtype, arms, think, context, prompt, generate } = options
  const script = join(packageRoot(), 'bench', 'peers', 'nir_torch.py')
  const flags = {
    model: path,
    layers: arms,
    dtype,
    threads,
    think,
    context,
    generate,
    'prompt-tokens': prompt,
  }
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)])
  const report = JSON.parse(await output(python, [script, ...args])) as Report
  const seconds = (isDepth: boolean) =>
    report.arms.filter(({ layer }) => (layer !== 'original') === isDepth).map((arm) => arm.seconds)
  const [originals, depths] = [seconds(false), seconds(true)]
  if (originals.length === 0 || depths.length === 0)
    throw new Error(`The peer's arms are '${arms}'; expected the original and at least one depth.`)
  return { original: 1000 * originals[0]!, depth: (1000 * sum(depths)) / depths.length }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
