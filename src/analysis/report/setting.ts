import type { SweepRecord } from '../../sweep/record.js'
import { listNames } from '../../text/list-names.js'
import { armsOf } from '../arms.js'
import { facts as factList, folded, code, type Section } from './block.js'
import type { RunFacts, StudyFacts } from './facts.js'
import { commitOf, machineList, machinesOf } from './machines.js'

/** What was run, on what, where. */
export function settingSection(facts: StudyFacts, records: readonly SweepRecord[]): Section {
  const { settings, runs, units } = facts
  const { model, engine, code: version } = settings
  const arms = armsOf(records).map(({ name }) => name)
  const last = runs.at(-1)
  const machines = machinesOf(runs)
  const commits = new Set([...runs, ...machines].map(commitOf))
  return {
    title: 'What was run',
    blocks: [
      factList([
        ['model', `${model.name}, SHA-256 ${model.sha256}`],
        [
          'problems',
          `${facts.problems.size}, of data sets ${unique(runs, ({ dataSetHash }) => dataSetHash.slice(0, 16))}`,
        ],
        ['units', `${units.done} of ${units.total} (problem × sample)`],
        ['arms', `${arms.length}: ${listNames(arms)}`],
        ['generations', String(records.length)],
        ['context', settings.context === 'thought' ? 'what the model thought' : 'given'],
        ['sampling', `temperature ${settings.temperature}, seed ${settings.seed}`],
        ['limits', `${settings.maxThinkingTokens} tokens of thinking, ${settings.maxTokens} of generation`],
        [
          'session',
          `context size ${engine.contextSize}, ${engine.cacheType} cache, flash attention ${engine.flashAttention ?? 'by default'}${engine.exact ? ', exact' : ''}`,
        ],
        [
          'code',
          `NIR Lab ${version.nirLab} (${[...commits].join('; ')}), node-llama-cpp ${version.nodeLlamaCpp}`,
        ],
        ['sweeps', begun(runs)],
        ['machines', machineList(machines).join('; ') || '–'],
      ]),
      folded('Settings, as stored', [code(JSON.stringify(settings, null, 2))]),
      ...(last
        ? [folded('Environment of the last sweep', [code(JSON.stringify(last.environment, null, 2))])]
        : []),
    ],
  }
}

/** How many sweeps, and when they began. */
function begun(runs: readonly RunFacts[]): string {
  const [first, last] = [runs[0]?.startedAt ?? '–', runs.at(-1)?.startedAt ?? '–']
  return `${runs.length}, begun ${first === last ? first : `from ${first} to ${last}`}`
}

function unique(runs: readonly RunFacts[], of: (run: RunFacts) => unknown): string {
  return [...new Set(runs.map((run) => String(of(run))))].join('; ') || '–'
}
