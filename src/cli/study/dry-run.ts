import { createSession, sessionOptions, type StudyConfig } from '../../index.js'
import { partOptions, type StudyPart } from './part.js'
import { planText } from './plan-text.js'

/** Prints what the study of one model of a configuration, or a shard of it, would do. */
export async function dryRun(config: StudyConfig, part: StudyPart, json: boolean): Promise<void> {
  const { name } = part
  const options = await partOptions(config, part)
  const nir = await createSession(await sessionOptions(config, name))
  try {
    const estimate = await nir.estimate(options)
    const about = { study: options.study, name, model: nir.model.name }
    if (json) console.log(JSON.stringify({ event: 'plan', ...about, ...estimate }))
    else console.log(`${about.model} → ${about.study}\n${planText(estimate)}`)
  } finally {
    await nir.close()
  }
}
