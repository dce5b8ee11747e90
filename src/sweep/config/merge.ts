import type { ConfiguredProblems, StudyConfig } from './study-config.js'

/** Fields that take the place of a configuration's. Of `session`, `prompts` and `problems`, the parts that are given. */
export type ConfigOverrides = Partial<Omit<StudyConfig, 'version'>>

/** Problems of another source are not those that the file's other fields speak of. */
export function mergeConfig(config: StudyConfig, changes: ConfigOverrides): StudyConfig {
  const { session, prompts, problems, ...others } = changes
  return {
    ...config,
    ...others,
    ...(session && { session: { ...config.session, ...session } }),
    ...(prompts && { prompts: { ...config.prompts, ...prompts } }),
    ...(problems !== undefined && { problems: mergeProblems(config.problems, problems) }),
  }
}

type Problems = StudyConfig['problems']

function mergeProblems(of: Problems, changes: NonNullable<Problems>): Problems {
  if (typeof changes === 'string' || changes.source !== undefined) return changes
  return { ...problemFields(of), ...changes }
}

/** The long form of the configuration's problems. */
export function problemFields(problems: Problems): ConfiguredProblems {
  return typeof problems === 'string' ? { source: problems } : (problems ?? {})
}
