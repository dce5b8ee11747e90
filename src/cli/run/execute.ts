import { dirname, resolve } from 'node:path'
import { KernelClient } from '../../../kernel/client/kernel-client.js'
import { modelArgument } from '../model-argument.js'
import { writeNotebook, type Notebook } from '../notebook/notebook.js'
import { addErrorMarkers } from './error-markers.js'
import { Interrupts } from './interrupts.js'
import { Progress } from './progress.js'
import { RunRecord, type RunDescription } from './record.js'
import { runNotebook, type CellFailure } from './run-notebook.js'

/** What a run is told beside the notebook. */
export interface ExecuteOptions extends RunDescription {
  model: string | undefined
  /** Seconds that a cell may take; 0 for no limit. */
  timeout: number
  allowErrors: boolean
}

/** How a run ended. */
export interface Ending {
  failures: readonly CellFailure[]
  interrupted: boolean
}

/** Runs a notebook in a kernel of its own, and writes it as it grows. */
export async function execute(notebook: Notebook, options: ExecuteOptions): Promise<Ending> {
  const { input, output, model, timeout, allowErrors } = options
  const client = await KernelClient.start({
    cwd: dirname(resolve(input)),
    env: model === undefined ? {} : { NIR_MODEL: modelArgument(model) },
  })
  const record = new RunRecord(notebook, options)
  const save = (): void => writeNotebook(output, notebook)
  const stop = new Interrupts(client)
  let failures: CellFailure[]
  try {
    failures = await runNotebook(notebook, {
      client,
      progress: new Progress(process.stderr),
      record,
      save,
      timeout,
      allowErrors,
      stopped: () => stop.asked,
    })
    // Not in the user's own notebook, where the marks would stay after the cell was corrected.
    const isCopy = resolve(output) !== resolve(input)
    if (failures.length > 0 && !allowErrors && isCopy) addErrorMarkers(notebook, failures[0]!.cell)
  } finally {
    record.runEnds()
    save()
    stop.dispose()
    await client.shutdown()
  }
  return { failures, interrupted: stop.asked }
}
