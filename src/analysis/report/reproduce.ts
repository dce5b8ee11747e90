import { code, paragraph, type Section } from './block.js'
import type { StudyFacts } from './facts.js'

/** How to make the study again, from its configuration where it has one. */
export function reproduceSection({ folder, runs, settings }: StudyFacts): Section {
  const config = [...runs].reverse().find(({ environment }) => environment['config'])?.environment['config']
  const commit = runs.at(-1)?.environment['commit']
  const version = `NIR Lab ${settings.code.nirLab}${typeof commit === 'string' ? ` at commit ${commit}` : ''}`
  if (!config)
    return {
      title: 'How to reproduce it',
      blocks: [
        paragraph(
          `With ${version} and the model above: a notebook or program called nir.sweep({ …, study }) with the settings and arms above; no configuration is stored.`,
        ),
      ],
    }
  return {
    title: 'How to reproduce it',
    blocks: [
      paragraph(
        `With ${version} and the model above. Save the configuration of the last sweep as again.json, and run it:`,
      ),
      code(JSON.stringify(config, null, 2)),
      code(`nir sweep again.json --study again\nnir compare ${quoted(folder)} again`),
    ],
  }
}

/** As a shell takes it for one word. */
const quoted = (path: string) => (/^[\w./:@+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`)
