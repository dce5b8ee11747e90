import { fork } from 'node:child_process'
import { ChildFailed } from './errors.js'

const KEPT_STDERR = 2000

/**
 * Asks a module of ours in a process of its own, so that its memory goes with it, and what crashes or hangs there does
 * no harm here. The module answers with {@link answer}.
 *
 * @throws ChildFailed where it ends without an answer, or gives none within `milliseconds`
 */
export async function ask<Answer>(module: URL, question: unknown, milliseconds = 120_000): Promise<Answer> {
  const child = fork(module, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] })
  let stderr = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-KEPT_STDERR)
  })
  let timer: NodeJS.Timeout | undefined
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const fail = (how: string): void => reject(new ChildFailed(how, stderr.trim()))
      timer = setTimeout(() => fail(`did not answer within ${milliseconds / 1000} s`), milliseconds)
      child.once('message', (message) => resolve(message as Answer))
      child.once('error', (error) => fail(`cannot be started: ${error.message}`))
      child.once('close', (code, signal) =>
        fail(signal ? `was ended by ${signal}` : `ended with code ${code}`),
      )
      child.send(question as object, () => undefined) // where it has ended, 'close' says so
    })
  } finally {
    clearTimeout(timer)
    child.kill('SIGKILL')
  }
}

/** In the asked process: answers the question, and ends. */
export function answer<Question>(reply: (question: Question) => unknown): void {
  process.once('message', (question: Question) => {
    void Promise.resolve(question)
      .then(reply)
      .then((content) => process.send!(content, () => process.exit()))
  })
}
