import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { arch, cpus, hostname, platform, release } from 'node:os'
import { join } from 'node:path'
import type { Engine, EngineOptions, ModelDescription } from '../engine/index.js'
import type { EvaluatorCapabilities } from '../evaluation/index.js'
import type { Prompts } from '../nir/index.js'
import { packageRoot } from '../package-root.js'
import {
  hashOfFile,
  readRecords,
  resolveArms,
  StudyStore,
  type Equipment,
  type StudyConfig,
  type StudySettings,
  type StudyWork,
  type SweepOptions,
  type SweepRecord,
} from '../sweep/index.js'

/** How a session computes. */
export type SessionEngine = Pick<EngineOptions, 'flashAttention' | 'cacheType' | 'exact' | 'threads'>

interface Manifest {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
}

/** What a sweep of a session has in common with all other work of its study. */
export async function studySettings(
  options: SweepOptions,
  { model, prompts }: { readonly model: ModelDescription; readonly prompts: Prompts },
  session: SessionEngine,
): Promise<StudySettings> {
  return {
    ...(await equipment(model)),
    engine: {
      contextSize: model.contextSize,
      flashAttention: session.flashAttention ?? null,
      cacheType: session.cacheType ?? 'f16',
      exact: session.exact ?? false,
    },
    prompts,
    context: options.context ? 'given' : 'thought',
    seed: options.seed ?? 0,
    temperature: options.temperature ?? 0,
    maxTokens: options.maxTokens ?? 250,
    maxThinkingTokens: options.maxThinkingTokens ?? 1000,
    stop: options.stop ?? null,
  }
}

/** What a study holds already. */
export async function storedWork(
  folder: string,
  settings: StudySettings,
): Promise<{ readonly records: readonly SweepRecord[]; readonly thinkingTokens: number | null }> {
  const store = await StudyStore.begin(folder, settings)
  try {
    const [thinking] = await store.database.rows<{ mean: number | null }>(
      'SELECT avg(tokens) AS mean FROM thinking',
    )
    return { records: await readRecords(store.database), thinkingTokens: thinking?.mean ?? null }
  } finally {
    await store.close()
  }
}

/** What a worker must have in common with a study: the model's file and the code. */
export async function equipment(model: ModelDescription): Promise<Equipment> {
  const { version, dependencies } = manifest()
  return {
    model: { sha256: await modelHash(model), name: model.name },
    code: { nirLab: version, nodeLlamaCpp: dependencies['node-llama-cpp'] ?? 'unknown' },
  }
}

/** What a sweep of a model adds to its study. */
export function studyWork(
  options: SweepOptions,
  model: ModelDescription,
  environment: StudyWork['environment'],
  config: StudyConfig | undefined,
): StudyWork {
  return {
    problems: options.problems,
    samples: options.samples ?? 1,
    arms: resolveArms(options, model.layerCount),
    model,
    shard: options.shard ?? null,
    environment: { ...environment, config: config ?? null },
  }
}

/** Where a session computes. */
export function sessionEnvironment(
  { model, gpu }: Pick<Engine, 'model' | 'gpu'>,
  { parser, pythonVersion, testPythonVersion, sandbox }: EvaluatorCapabilities,
  threads?: number,
): StudyWork['environment'] {
  return {
    ...machine(model),
    gpu,
    threads: threads ?? null,
    parser,
    pythonVersion,
    testPythonVersion,
    sandbox,
  }
}

/** This machine and process. */
export function machine(model: ModelDescription): StudyWork['environment'] {
  return {
    nirLab: manifest().version,
    commit: commit(),
    node: process.version,
    platform: `${platform()} ${release()} ${arch()}`,
    cpu: cpus()[0]?.model ?? null,
    host: hostname(),
    process: process.pid,
    model: model.path,
    layerCount: model.layerCount,
  }
}

const hashes = new Map<string, Promise<string>>()

/** Once a process: a model is large. */
function modelHash({ path }: ModelDescription): Promise<string> {
  const { mtimeMs, size } = statSync(path)
  const version = `${path} ${mtimeMs} ${size}`
  const known = hashes.get(version) ?? hashOfFile(path)
  hashes.set(version, known)
  return known
}

function manifest(): Manifest {
  return JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as Manifest
}

/** The commit of a checkout, with `-dirty` where files were changed; `null`: an installed package. */
function commit(): string | null {
  if (!existsSync(join(packageRoot(), '.git'))) return null
  try {
    const args = ['-C', packageRoot(), 'describe', '--always', '--dirty', '--abbrev=12']
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return null
  }
}
