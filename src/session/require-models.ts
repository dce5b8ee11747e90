import { describeModel } from '../engine/index.js'
import { configuredModels, sessionOptions, sweepOptions, type StudyConfig } from '../sweep/index.js'
import { planSweep } from '../sweep/plan.js'
import { resolveModel } from './open-model.js'

/**
 * Is every model of a configuration there, and does it take the arms? Asked before the first of several is swept, which may
 * take days; only the headers of their files are read.
 * @throws {@link ModelError}, {@link SweepOptionError}, and what {@link sweepOptions} throws.
 * @example
 * await requireModels(await loadStudyConfig('models.yaml'))
 */
export async function requireModels(config: StudyConfig): Promise<void> {
  for (const name of configuredModels(config).keys()) {
    const { model, prompts: _, ...session } = await sessionOptions(config, name)
    const description = await describeModel({ ...session, path: await resolveModel(model) })
    planSweep(await sweepOptions(config, name), description)
  }
}
