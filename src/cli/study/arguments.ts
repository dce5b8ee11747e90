import { UsageError } from '../errors.js'

/** The one study that a command takes. */
export function onlyStudy(command: string, positionals: readonly string[]): string {
  if (positionals.length === 1) return positionals[0]!
  throw new UsageError(
    `nir ${command} takes the folder of one study, not ${positionals.length}.`,
    `See nir ${command} --help.`,
  )
}
