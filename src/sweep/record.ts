import type { MetricName } from '../evaluation/index.js'

/** One generation of one arm for one problem and sample, with everything measured on it. */
export interface SweepRecord {
  /** The problem's `task_id`. */
  readonly taskId: number
  /** `'original'`, `'layer 3'`, or another name: what it does is said by the sweep's {@link NamedArm}. */
  readonly arm: string
  /** The injection layer (0-based index of the decoder layer whose input is extended); `null`: none, or not this alone. */
  readonly layer: number | null
  /** The layer whose captured CRV was injected: `layer`, but where the mapping is `'released'`; `null`: no injection. */
  readonly captureLayer: number | null
  /** RoPE positions of generated tokens in the layers that see the CRV; `null`: no injection. */
  readonly decodePositions: 'recomputed' | 'released' | null
  /** 0-based; arms of one problem and sample share the thinking text, so they are paired. */
  readonly sample: number
  /** Seed of this generation. */
  readonly seed: number
  /** What the model generated. */
  readonly text: string
  /** Why generation ended. */
  readonly stopReason: string
  /** Generated tokens. */
  readonly tokenCount: number
  /**
   * Mean log-probability of the generated tokens under the model's own distribution, nats; `null`: no token. Its last
   * digits depend on what was decoded beside it.
   */
  readonly meanLogProbability: number | null
  /** Mean entropy of the distributions that the generated tokens came from, nats; `null`: no token. */
  readonly meanEntropy: number | null
  /** Injected rows, over all injections of the arm (0: nothing is injected). */
  readonly contextTokenCount: number
  /**
   * The context text whose hidden states were captured, shared by all arms of the problem and sample; `''` where no arm of the
   * sweep injects.
   */
  readonly context: string
  /** Does the text have a list of functions, as the thesis counts a response: a `def` anywhere in it? */
  readonly responds: boolean
  /** Does CPython parse the extracted code? `null`: no parser on this machine. */
  readonly parses: boolean | null
  /** Did the code pass all its tests? `null`: not run. */
  readonly passed: boolean | null
  /** `'passed'`, `'failed'`, `'exception'`, `'timeout'`, …; `null`: not run. */
  readonly outcome: string | null
  /**
   * Did the code pass the problem's challenge tests too (MBPP's `challenge_test_list`)? `null`: there are none, or it did
   * not pass its tests.
   */
  readonly challengePassed: boolean | null
  /** Metric name → value; `null` where the metric is undefined for this text (means skip it). */
  readonly metrics: Readonly<Record<string, number | null>> &
    Readonly<Partial<Record<MetricName, number | null>>>
}

export type { MetricName }
