import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../package-root.js'
import { ambientDeclarations } from '../ambient.js'
import { classBody, documented, type Documented } from './documented.js'

/** Something that help is there for. */
export interface HelpEntry extends Documented {
  /** How it is reached: `nir.sweep`, `sweep.table`, `display`. */
  readonly path: string
  readonly category: string
}

const CLASSES = [
  { file: 'session', name: 'Session', prefix: 'nir.', category: 'The session' },
  { file: 'sweep', name: 'Sweep', prefix: 'sweep.', category: 'What a sweep gave' },
  { file: 'study', name: 'Study', prefix: 'study.', category: 'What a study keeps' },
] as const

/** All that help is there for, read from the declarations that TypeScript wrote, so that it says what the code says. */
export function helpEntries(): HelpEntry[] {
  const ofClasses = CLASSES.flatMap(({ file, name, prefix, category }) =>
    documented(classBody(declarations(file), name))
      .filter((item) => item.name !== 'constructor')
      .map((item) => ({ ...item, path: prefix + item.name, category: categoryOf(item) ?? category })),
  )
  const ofNotebook = documented(ambientDeclarations() ?? '').flatMap((item) => {
    const category = categoryOf(item)
    return category === undefined ? [] : [{ ...item, path: item.name, category }]
  })
  return [...ofClasses, ...ofNotebook]
}

/** TypeScript's `.d.ts` of a module of this folder: beside it in a build, else in `dist`, where the sources run. */
function declarations(module: string): string {
  const beside = join(import.meta.dirname, '..', `${module}.d.ts`)
  const path = existsSync(beside) ? beside : join(packageRoot(), 'dist', 'src', 'session', `${module}.d.ts`)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

function categoryOf({ tags }: Documented): string | undefined {
  return tags.find(([tag]) => tag === 'category')?.[1]
}
