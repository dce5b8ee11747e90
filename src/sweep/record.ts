/** One generation of one arm for one problem and sample, with everything measured on it. */
export interface SweepRecord {
  /** The problem's `task_id`. */
  readonly taskId: number
  /** `'original'`, or `'layer 3'`. */
  readonly arm: string
  /** The injection layer (0-based index of the decoder layer whose input is extended); `null`: no injection. */
  readonly layer: number | null
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
  /** Rows of the injected CRV (0 for the original arm). */
  readonly contextTokenCount: number
  /** The context text whose hidden states were captured, shared by all arms of the problem and sample. */
  readonly context: string
  /** Does the text have a list of functions, as the thesis counts a response: a `def` anywhere in it? */
  readonly responds: boolean
  /** Does CPython parse the extracted code? `null`: no parser on this machine. */
  readonly parses: boolean | null
  /** Did the code pass all its tests? `null`: not run. */
  readonly passed: boolean | null
  /** `'passed'`, `'failed'`, `'exception'`, `'timeout'`, …; `null`: not run. */
  readonly outcome: string | null
  /** Metric name → value; `null` where the metric is undefined for this text (means skip it). */
  readonly metrics: Readonly<Record<string, number | null>>
}
