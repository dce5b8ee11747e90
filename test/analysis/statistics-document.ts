import { compareToOriginal, depthProfile, passAtKByArm } from '../../src/analysis/index.js'
import { clusters } from '../../src/analysis/clusters.js'
import { bootstrapMean } from '../../src/analysis/statistics/bootstrap.js'
import { mcnemarExact } from '../../src/analysis/statistics/mcnemar.js'
import { wilcoxonSignedRank } from '../../src/analysis/statistics/wilcoxon.js'
import { comparisons, recordsOf, relative, singleTests } from './reference-values.js'

type Cell = string | number | null

const RESAMPLES = { resamples: 50_000 }

/** docs/statistics.md: every data set, what we compute of it, and what scipy or statsmodels computed. */
export function statisticsDocument(): string {
  const { scipy, statsmodels, numpy } = comparisons.by
  return `# Statistics against scipy and statsmodels

Made by \`npx vitest run test/analysis/statistics-document.test.ts -u\`; without \`-u\` the same test fails where this page is not
what the code computes. *Ours* is computed then and there. *Reference* is scipy ${scipy}, statsmodels ${statsmodels} and numpy ${numpy}: values that
\`test/analysis/golden/make_golden.py\` and \`make_comparisons.py\` wrote, with their data, into the JSON files beside them
(the scripts say how to run them). What is computed and why: [paired statistics](decisions/paired-statistics.md).

## Whole comparisons

From rows of data (problem, sample, arm, value) to adjusted p values, by \`compareToOriginal\`. *Pairs* are complete ones, of how
many problems; *zeros* are problems without a difference, *ties* those whose difference is as large as another's. Effect:
matched-pairs rank-biserial.

${table(
  [
    'data set',
    'arm',
    'pairs (problems)',
    'zeros',
    'ties',
    'p, ours',
    'p, reference',
    'reference by',
    'Holm, ours',
    'statsmodels',
    'effect, ours',
    'scipy ranks',
  ],
  comparisons.comparisons.flatMap(comparisonRows),
)}

${largest('p and Holm', comparisons.comparisons.flatMap(comparisonDeviations))}

## Intervals and what could have been shown

Of the same data sets. Interval: paired bootstrap over problems, 95 %, of the mean difference; ours has 50,000 resamples of our
generator, numpy's 200,000 of its own, so they agree within the noise of resampling. Detectable: the smallest difference found
with a power of 80 %, by scipy's distributions; *found* is how often scipy's test did find it in data simulated with it (for
counts: normal, uniform and Laplace differences).

${table(
  [
    'data set',
    'arm',
    'difference',
    'interval, ours',
    'numpy',
    'detectable, ours',
    'scipy',
    'found, simulated',
  ],
  comparisons.comparisons.flatMap(intervalRows),
)}

## Wilcoxon signed-rank test

${table(
  [
    'data set',
    'n',
    'zeros',
    'ties',
    'statistic, ours',
    'reference',
    'p, ours',
    'p, reference',
    'effect, ours',
    'scipy ranks',
    'reference by',
  ],
  singleTests.wilcoxon.map(({ name, by, differences, statistic, pValue, rankBiserial }) => {
    const ours = wilcoxonSignedRank(differences)
    return [
      name,
      differences.length,
      ...zerosAndTies(differences),
      ours.statistic,
      statistic,
      short(ours.pValue),
      short(pValue),
      short(ours.rankBiserial),
      short(rankBiserial),
      by,
    ]
  }),
)}

${largest(
  'p',
  singleTests.wilcoxon.map(({ differences, pValue }) =>
    relative(wilcoxonSignedRank(differences).pValue, pValue),
  ),
)}

## Exact McNemar test

Reference: statsmodels \`mcnemar(exact=True)\`.

${table(
  ['gained', 'lost', 'p, ours', 'p, statsmodels'],
  singleTests.mcnemar.map(({ gained, lost, pValue }) => [
    gained,
    lost,
    short(mcnemarExact(gained, lost).pValue),
    short(pValue),
  ]),
)}

## Bootstrap of one mean

Reference: scipy's \`bootstrap\`, percentile, 200,000 resamples.

${table(
  ['data set', 'n', 'ours', 'scipy', 'standard error'],
  singleTests.bootstrap.map(({ name, values, lower, upper, standardError }) => [
    name,
    values.length,
    interval(bootstrapMean(clusters(values.map((value, i) => [i, value])), RESAMPLES)),
    interval([lower, upper]),
    short(standardError),
  ]),
)}

## pass@k by arm

25 problems, 6 samples each. Reference: every choice of k samples counted; the interval by scipy's \`bootstrap\`.

${table(['arm', 'k', 'ours', 'counted', 'interval, ours', 'scipy'], passRows())}

## Depth profile

How often each depth is the best one when problems are resampled. Reference: numpy, 100,000 resamples.

${table(
  ['data set', 'shares, ours', 'shares, numpy', 'layers, ours', 'layers, numpy'],
  comparisons.profiles.map(({ name, best, rows, shares, layerInterval }) => {
    const records = recordsOf(rows, (value) => ({ metrics: { value } }))
    const [row] = depthProfile(records, 'value', { best, ...RESAMPLES }).rows
    return [
      name,
      row!.depths.map(({ shareBest }) => shareBest!.toFixed(2)).join(', '),
      shares.map((share) => share.toFixed(2)).join(', '),
      row!.layerInterval!.join(' to '),
      layerInterval.join(' to '),
    ]
  }),
)}
`
}

type ComparisonCase = (typeof comparisons.comparisons)[number]

function compared({ rows }: ComparisonCase) {
  return compareToOriginal(
    recordsOf(rows, (value) => ({ metrics: { value } })),
    'value',
    RESAMPLES,
  ).rows
}

function comparisonRows(one: ComparisonCase): Cell[][] {
  return compared(one).map((row, i) => {
    const reference = one.reference[i]!
    return [
      i === 0 ? one.name : '',
      row.arm,
      `${row.pairs} (${row.problems})`,
      ...zerosAndTies(differencesOf(one, row.arm)),
      short(row.pValue),
      short(reference.pValue),
      reference.by,
      short(row.adjustedPValue),
      short(reference.adjustedPValue),
      short(row.rankBiserial),
      short(reference.rankBiserial),
    ]
  })
}

function comparisonDeviations(one: ComparisonCase): number[] {
  return compared(one).flatMap((row, i) =>
    (['pValue', 'adjustedPValue'] as const).map((name) =>
      row[name] === null ? 0 : relative(row[name], one.reference[i]![name]!),
    ),
  )
}

function intervalRows(one: ComparisonCase): Cell[][] {
  return compared(one).flatMap((row, i) => {
    const { interval: numpy, detectable, powerThere } = one.reference[i]!
    if (!numpy && detectable === null) return []
    const found = powerThere === null ? [] : Object.values(Object(powerThere) as Record<string, number>)
    const powers = typeof powerThere === 'number' ? [powerThere] : found
    return [
      [
        one.name,
        row.arm,
        short(row.difference),
        numpy ? interval(row.interval) : '',
        numpy ? interval(numpy) : '',
        short(row.detectable),
        short(detectable),
        powers.map((power) => `${(100 * power).toFixed(0)} %`).join(', '),
      ],
    ]
  })
}

function passRows(): Cell[][] {
  const { rows, reference } = comparisons.passAtK
  const records = recordsOf(rows, (value) => ({ passed: value === 1 }))
  return reference.map(({ arm, k, value, interval: bounds }) => {
    const ours = passAtKByArm(records, k, RESAMPLES).find((row) => row.arm === arm)!
    return [arm, k, short(ours.value), short(value), interval(ours.interval), interval(bounds)]
  })
}

/** The mean difference of each problem, from the rows of data. */
function differencesOf({ rows }: ComparisonCase, arm: string): number[] {
  const original = new Map(
    rows
      .filter((row) => row[2] === 'original')
      .map(([problem, sample, , value]) => [`${problem} ${sample}`, value]),
  )
  const perProblem = new Map<number, number[]>()
  for (const [problem, sample, of, value] of rows) {
    const other = original.get(`${problem} ${sample}`) ?? null
    if (of !== arm || value === null || other === null) continue
    perProblem.set(problem, [...(perProblem.get(problem) ?? []), value - other])
  }
  return [...perProblem.values()].map(
    (differences) => differences.reduce((sum, one) => sum + one, 0) / differences.length,
  )
}

function zerosAndTies(differences: readonly number[]): [zeros: number, ties: number] {
  const sizes = differences.map((one) => Math.abs(one).toFixed(9))
  const counts = new Map<string, number>()
  for (const size of sizes) counts.set(size, (counts.get(size) ?? 0) + 1)
  const zero = (0).toFixed(9)
  return [counts.get(zero) ?? 0, sizes.filter((size) => size !== zero && counts.get(size)! > 1).length]
}

/** Six digits: what an arithmetic that rounds otherwise does not change. */
function short(value: number | null): string {
  if (value === null) return '–'
  if (Math.abs(value) < 1e-12 && value !== 0 && Math.abs(value) > 1e-300) return value.toExponential(5)
  return String(Number(value.toPrecision(6)))
}

function interval(bounds: readonly [number, number] | null): string {
  return bounds === null ? '–' : `${bounds[0].toFixed(3)} to ${bounds[1].toFixed(3)}`
}

function largest(what: string, deviations: readonly number[]): string {
  const bound = [1e-12, 1e-9, 1e-6, 1e-3].find((one) => Math.max(...deviations) < one)
  return `Largest relative deviation of ${what}: ${bound === undefined ? 'above 0.001' : `below ${bound}`}.`
}

function table(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) => `| ${cells.map((cell) => cell ?? '–').join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}
