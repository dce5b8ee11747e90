/** What is swept with the embedded model. */
export const EMBEDDED = {
  layers: ['original', 0, 3],
  maxTokens: 48,
  maxThinkingTokens: 64,
} as const

/** What a process of a queue (`queue-child.ts`) is asked to do. */
export interface QueueChildOptions {
  readonly mode: 'stub' | 'embedded'
  /** Of the study; the coordinator's. */
  readonly folder?: string
  readonly units?: number
  readonly patience?: number
  /** Milliseconds that a stub takes for a unit. */
  readonly pause?: number
  readonly concurrency?: number
  /** What the stub's worker calls its machine. */
  readonly host?: string
  /** Problems that kill the stub's process. */
  readonly deadly?: readonly number[]
  /** Problems that the stub fails at. */
  readonly faulty?: readonly number[]
  /** The stub's machine is broken: every unit fails there. */
  readonly broken?: boolean
  /** Milliseconds that running units have once a worker is to end. */
  readonly grace?: number
  /** The coordinator's arms, by layer. Default: all of the stub's. */
  readonly layers?: readonly ('original' | number)[]
  /** Another model than that of the study. */
  readonly otherModel?: boolean
}
