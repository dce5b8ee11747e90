import { createSession, sessionOptions, sweepOptions, type StudyConfig } from '../../index.js'
import { planText } from './plan-text.js'

/** Prints what the study of one model of a configuration would do. */
export async function dryRun(config: StudyConfig, name: string | null, json: boolean): Promise<void> {
  const options = await sweepOptions(config, name)
  const nir = await createSession(await sessionOptions(config, name))
  try {
    const estimate = await nir.estimate(options)
    const about = { study: options.study!, name, model: nir.model.name }
    if (json) console.log(JSON.stringify({ event: 'plan', ...about, ...estimate }))
    else console.log(`${about.model} → ${about.study}\n${planText(estimate)}`)
  } finally {
    await nir.close()
  }
}
