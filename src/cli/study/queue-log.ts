import type { QueueEvent } from '../../index.js'
import { logLine } from './log.js'

/** What happens in a queue as a line: for programs, or for people. */
export function queueLine({ level, event, message, details }: QueueEvent, asJson: boolean): string {
  if (!asJson) return logLine(event, { level, message })
  return `${JSON.stringify({ event, time: new Date().toISOString(), level, message, ...details })}\n`
}
