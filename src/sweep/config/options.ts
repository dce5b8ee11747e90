import { join } from 'node:path'
import type { EngineOptions } from '../../engine/index.js'
import type { PromptFiles } from '../../nir/index.js'
import {
  ContextFileError,
  loadProblems,
  ProblemOptionError,
  readContexts,
  referenceContexts,
  type Problem,
} from '../../problems/index.js'
import type { SweepOptions } from '../plan.js'
import { ConfigError } from './errors.js'
import { loadStudyConfig } from './load.js'
import { problemFields } from './merge.js'
import type { StudyConfig } from './study-config.js'

/** A configuration's models by name; one that has no name is `null`. */
export function configuredModels({ model = 'embedded' }: StudyConfig): ReadonlyMap<string | null, string> {
  return new Map<string | null, string>(typeof model === 'string' ? [[null, model]] : Object.entries(model))
}

/** What opens a model: the options of `createSession`. */
export interface ConfiguredSession extends Omit<EngineOptions, 'path'> {
  readonly model?: string | undefined
  readonly prompts?: PromptFiles | undefined
}

/**
 * What opens the model of a configuration: the options of {@link createSession}.
 * @param name - of the model, where the configuration has several
 * @throws {@link ConfigError}
 * @example
 * const nir = await createSession(await sessionOptions('ablation.yaml'))
 */
export async function sessionOptions(
  config: string | StudyConfig,
  name: string | null = null,
): Promise<ConfiguredSession> {
  const loaded = typeof config === 'string' ? await loadStudyConfig(config) : config
  const model = modelNamed(loaded, name)
  const { session, prompts } = loaded
  return { ...session, ...(model !== 'embedded' && { model }), ...(prompts && { prompts }) }
}

/** The options of a sweep that a configuration describes. */
export interface ConfiguredSweep extends SweepOptions {
  /** The study's folder. */
  readonly study?: string | undefined
  /** Where the options come from; the study keeps it with every run. */
  readonly config: StudyConfig
}

/**
 * What a configuration sweeps: the options of `nir.sweep`, problems and contexts read. A notebook and the command line run
 * the same study from one description.
 * @param name - of the model, where the configuration has several
 * @throws {@link ConfigError}, {@link ContextFileError}, and what {@link loadProblems} throws
 * @example
 * const sweep = await nir.sweep(await sweepOptions('ablation.yaml'))
 */
export async function sweepOptions(
  config: string | StudyConfig,
  name: string | null = null,
): Promise<ConfiguredSweep> {
  const loaded = typeof config === 'string' ? await loadStudyConfig(config) : config
  modelNamed(loaded, name)
  const { layers, mapping, decodePositions, grid, arms, samples, seed, temperature, maxTokens } = loaded
  const { maxThinkingTokens, stop, keepCrvs, study } = loaded
  const problems = await configuredProblems(loaded)
  return {
    problems,
    context: await contextsOf(loaded, problems),
    ...{ layers, mapping, decodePositions, grid, arms, samples, seed, temperature, maxTokens },
    ...{ maxThinkingTokens, stop, keepCrvs },
    study: study !== undefined && name !== null ? join(study, name) : study,
    config: loaded,
  }
}

function modelNamed(config: StudyConfig, name: string | null): string {
  const models = configuredModels(config)
  const model = models.get(name)
  if (model !== undefined) return model
  const names = [...models.keys()].filter((known) => known !== null)
  const message =
    names.length === 0
      ? `has one model, which has no name; '${name}' was asked for.`
      : `has the models ${names.join(', ')}; ${name === null ? 'none was named' : `'${name}' was asked for`}.`
  throw new ConfigError('CONFIG_INVALID', 'The configuration', [
    { path: 'model', line: null, column: null, message },
  ])
}

async function configuredProblems(config: StudyConfig): Promise<Problem[]> {
  const { source, range, taskIds, limit, columns, sha256 } = problemFields(config.problems)
  const all = await loadProblems(source, {
    ...(columns && { columns: definedFields(columns) }),
    ...(sha256 !== undefined && { sha256 }),
  })
  const missing = taskIds?.find((id) => !all.some((problem) => problem.task_id === id))
  if (missing !== undefined)
    throw new ProblemOptionError('taskIds', missing, `a task_id of the problems of ${source ?? 'embedded'}`)
  const inRange = all.filter(({ task_id: id }) => !range || (id >= range[0] && id <= range[1]))
  if (range && inRange.length === 0)
    throw new ProblemOptionError(
      'range',
      range,
      `the first and last task_id of problems of ${source ?? 'embedded'}`,
    )
  return inRange.filter(({ task_id: id }) => !taskIds || taskIds.includes(id)).slice(0, limit)
}

/** Without fields that are `undefined`. */
function definedFields<T extends object>(fields: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof definedFields<T>
  >
}

async function contextsOf(
  { context = 'thought' }: StudyConfig,
  problems: readonly Problem[],
): Promise<SweepOptions['context']> {
  if (context === 'thought') return undefined
  const contexts = await (context === 'reference' ? referenceContexts() : readContexts(context.file))
  const without = problems.find(({ task_id: id }) => !contexts.has(id))
  if (without)
    throw new ContextFileError(
      `There is no ${context === 'reference' ? 'reference context' : `context in '${context.file}'`} for problem ${without.task_id}.`,
      context === 'reference'
        ? 'Reference contexts are those of the embedded problems; take context: thought, or a file.'
        : 'Add it, or leave the problem out.',
    )
  return ({ task_id: id }) => contexts.get(id)!
}
