import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { StudySettings } from '../store/settings.js'
import type { Board, StudyNotice } from './board.js'
import { QueueError } from './errors.js'
import type { Report } from './event.js'

/** What a worker has. */
export type Equipment = Pick<StudySettings, 'model' | 'code'>

/** Milliseconds between two looks for a study. */
const PAUSE = 1000

/**
 * The study that a worker fits: the one of that title or beginning of its queue's name, or the first that is open and has
 * a coordinator. Waits while none is; null: the signal aborted first. A worker that fits none of those that are open says so to their
 * coordinators.
 * @throws {@link QueueError} `NO_STUDY_FITS`, with every difference.
 */
export async function waitForStudy(
  board: Board,
  mine: Equipment,
  wanted: string | undefined,
  signal: AbortSignal,
  report: Report,
): Promise<StudyNotice | null> {
  let isWaiting = false
  while (!signal.aborted) {
    const study = await findStudy(board, mine, wanted)
    if (study) return study
    if (!isWaiting) report({ level: 'info', event: 'waiting', message: 'Waiting for a study.' })
    isWaiting = true
    await sleep(PAUSE, undefined, { signal }).catch(() => undefined)
  }
  return null
}

async function findStudy(
  board: Board,
  mine: Equipment,
  wanted: string | undefined,
): Promise<StudyNotice | null> {
  const open = (await board.openStudies())
    .filter(([name, { title }]) => isWanted(wanted, name, title))
    .sort(([, a], [, b]) => (a.since < b.since ? -1 : 1))
  if (open.length === 0) return null
  const fitting = open.find(([, { settings }]) => differences(settings, mine).length === 0)
  if (fitting) return fitting[1]
  const reasons: string[] = []
  for (const [queue, { settings, title }] of open) {
    const reason = differences(settings, mine).join('; ')
    reasons.push(`'${title}': ${reason}`)
    await board.announce(queue, {
      id: randomUUID(),
      host: hostname(),
      pid: process.pid,
      state: 'refused',
      beat: 0,
      slots: 0,
      reason,
      lacks: [],
    })
  }
  throw new QueueError(
    'NO_STUDY_FITS',
    `This worker fits no study that is open. ${reasons.join('. ')}.`,
    "Give the study's model with --model, and install the same versions.",
  )
}

const isWanted = (wanted: string | undefined, name: string, title: string) =>
  wanted === undefined || title === wanted || name.startsWith(wanted)

/** In what a worker differs from what determines a study's results. */
function differences({ model, code }: StudySettings, mine: Equipment): string[] {
  const found: string[] = []
  if (model.sha256 !== mine.model.sha256)
    found.push(
      `its model is ${model.name} (SHA-256 ${brief(model.sha256)}), here it is ${mine.model.name} (${brief(mine.model.sha256)})`,
    )
  if (code.nirLab !== mine.code.nirLab)
    found.push(`its version of NIR Lab is ${code.nirLab}, here it is ${mine.code.nirLab}`)
  if (code.nodeLlamaCpp !== mine.code.nodeLlamaCpp)
    found.push(`its version of node-llama-cpp is ${code.nodeLlamaCpp}, here it is ${mine.code.nodeLlamaCpp}`)
  return found
}

const brief = (hash: string) => `${hash.slice(0, 12)}…`
