import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/** A model as typed: a file's path is made absolute, since kernels run in other folders; a URI stays. */
export function modelArgument(model: string): string {
  return existsSync(model) ? resolve(model) : model
}
