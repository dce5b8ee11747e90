import { basename, dirname, extname, join, resolve } from 'node:path'
import { ConfigError, type ConfigMistake } from './errors.js'
import { mergeConfig, type ConfigOverrides } from './merge.js'
import { resolvePaths } from './paths.js'
import type { StudyConfig } from './study-config.js'
import { readSource, type ConfigSource, type Path } from './source.js'

/**
 * Reads the configuration of a study: a YAML or JSON file, or an object of the same form. Paths in a file are relative to
 * the file, and its study is by default the folder beside it that is named as it is. All paths are absolute in what it gives.
 *
 * @param overrides - fields that take the place of the file's, as the command line gives them; relative paths in them are
 * relative to the working directory
 * @throws {@link ConfigError}, with every mistake: its place in the file, what was given and what was expected.
 * @example
 * const config = await loadStudyConfig('ablation.yaml')
 */
export async function loadStudyConfig(
  source: string | StudyConfig,
  overrides: ConfigOverrides = {},
): Promise<StudyConfig> {
  const changes = resolvePaths(
    await validate({ version: 1, ...overrides }, 'The options', null),
    process.cwd(),
  )
  if (typeof source !== 'string')
    return mergeConfig(
      resolvePaths(await validate(source, 'The configuration', null), process.cwd()),
      changes,
    )
  const file = await readSource(source)
  const folder = dirname(resolve(source))
  const study = join(folder, basename(source, extname(source)))
  return mergeConfig({ study, ...resolvePaths(await validate(file.value, source, file), folder) }, changes)
}

async function validate(value: unknown, name: string, file: ConfigSource | null): Promise<StudyConfig> {
  const { studyConfig } = await import('./schema.js') // zod: for those who have a configuration
  const { data, error } = studyConfig.safeParse(value)
  if (!error) return data
  const [{ findings }, { fieldsAt }] = await Promise.all([
    import('./findings.js'),
    import('./json-schema.js'),
  ])
  const mistakes = findings(error.issues, value, fieldsAt).map(({ path, part, message }): ConfigMistake => ({
    path: spell(path),
    ...(file ? file.locate(path, part) : { line: null, column: null }),
    message,
  }))
  throw new ConfigError('CONFIG_INVALID', name, mistakes)
}

/** `['arms', 0, 'prompt']` → `arms[0].prompt`. */
function spell(path: Path): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${step}`))
    .join('')
}
