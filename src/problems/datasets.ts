/** A published problem set and where its publisher keeps it. */
export interface Dataset {
  readonly file: string
  /** Path under {@link DATASET_HOME}. */
  readonly path: string
  /** How many rows it has: a download with another number is refused. */
  readonly rows: number
}

/** Where published problem sets are downloaded from. */
export const DATASET_HOME = 'https://raw.githubusercontent.com'

/** Published problem sets by name. */
export const DATASETS = {
  mbpp: { file: 'mbpp.jsonl', path: 'google-research/google-research/master/mbpp/mbpp.jsonl', rows: 974 },
  'mbpp-sanitized': {
    file: 'sanitized-mbpp.json',
    path: 'google-research/google-research/master/mbpp/sanitized-mbpp.json',
    rows: 427,
  },
  humaneval: {
    file: 'HumanEval.jsonl.gz',
    path: 'openai/human-eval/master/data/HumanEval.jsonl.gz',
    rows: 164,
  },
} as const satisfies Record<string, Dataset>

/** A published problem set: `'mbpp'` (974 problems), `'mbpp-sanitized'` (427) or `'humaneval'` (164). */
export type DatasetName = keyof typeof DATASETS

export function isDatasetName(name: string): name is DatasetName {
  return Object.hasOwn(DATASETS, name)
}
