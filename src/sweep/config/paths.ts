import { resolve } from 'node:path'
import { isProblemSetName } from '../../problems/index.js'
import type { StudyConfig } from './study-config.js'

/** A URI, such as `hf:user/repository`; not `C:\models`. */
const URI = /^[a-z][a-z0-9+.-]+:/i

/** The same configuration with every path absolute. */
export function resolvePaths(config: StudyConfig, folder: string): StudyConfig {
  const { model, prompts, problems, context, study } = config
  const absolute = (path: string) => resolve(folder, path)
  const modelPath = (path: string) => (path === 'embedded' || URI.test(path) ? path : absolute(path))
  const source = (name: string) => (isProblemSetName(name) ? name : absolute(name))
  return {
    ...config,
    ...(model !== undefined && {
      model: typeof model === 'string' ? modelPath(model) : mapValues(model, modelPath),
    }),
    ...(prompts && { prompts: mapValues(prompts, (path) => path && absolute(path)) }),
    ...(typeof problems === 'string' && { problems: source(problems) }),
    ...(typeof problems === 'object' &&
      problems.source !== undefined && { problems: { ...problems, source: source(problems.source) } }),
    ...(typeof context === 'object' && { context: { file: absolute(context.file) } }),
    ...(study !== undefined && { study: absolute(study) }),
  }
}

function mapValues<T extends object>(object: T, change: (value: T[keyof T]) => T[keyof T]): T {
  const entries = Object.entries(object) as [string, T[keyof T]][]
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value)])) as T
}
