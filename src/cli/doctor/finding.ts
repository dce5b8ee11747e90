/** What a check found of one thing. */
export interface Finding {
  what: string
  /** `absent`: not there, and nothing is wrong with that. */
  state: 'ok' | 'failed' | 'absent'
  detail: string
  /** How to get it, in a line. */
  remedy?: string | undefined
}

/** What the checks are told. */
export interface Question {
  /** The model to look at; undefined: the embedded one. */
  model: string | undefined
}

/** Looks at one thing of this machine. May throw: a `NirError` is taken as what is wrong. */
export type Check = (question: Question) => Promise<Finding | Finding[]> | Finding | Finding[]

export function ok(what: string, detail: string): Finding {
  return { what, state: 'ok', detail }
}

export function failed(what: string, detail: string, remedy: string): Finding {
  return { what, state: 'failed', detail, remedy }
}

export function absent(what: string, detail: string, remedy?: string): Finding {
  return { what, state: 'absent', detail, remedy }
}
