import { linesOf, textOf } from './notebook.js'

type Content = Record<string, unknown>

/** An output of a code cell, as nbformat keeps it. */
export type Output =
  | { output_type: 'stream'; name: string; text: string | string[] }
  | { output_type: 'display_data'; data: Content; metadata: Content }
  | { output_type: 'execute_result'; execution_count: number | null; data: Content; metadata: Content }
  | { output_type: 'error'; ename: string; evalue: string; traceback: string[] }

/** Gathers the messages of running cells as their outputs. */
export class OutputCollector {
  private readonly displays = new Map<string, { data: Content; metadata: Content }[]>()
  private clearNext = new WeakSet<Output[]>()

  /** Adds one iopub message to the outputs of the cell that it belongs to. */
  take(outputs: Output[], type: string, content: Content): void {
    if (type === 'clear_output') {
      if (content['wait'] === true) this.clearNext.add(outputs)
      else outputs.length = 0
      return
    }
    if (type === 'update_display_data') return this.update(content)
    if (this.clearNext.delete(outputs)) outputs.length = 0
    switch (type) {
      case 'stream':
        return addStream(outputs, String(content['name']), String(content['text']))
      case 'display_data':
      case 'execute_result':
        return this.addDisplay(outputs, type, content)
      case 'error':
        outputs.push({
          output_type: 'error',
          ename: String(content['ename']),
          evalue: String(content['evalue']),
          traceback: content['traceback'] as string[],
        })
    }
  }

  private addDisplay(outputs: Output[], type: 'display_data' | 'execute_result', content: Content): void {
    const data = splitLines(content['data'] as Content)
    const metadata = (content['metadata'] ?? {}) as Content
    const output: Output =
      type === 'display_data'
        ? { output_type: type, data, metadata }
        : { output_type: type, execution_count: Number(content['execution_count']), data, metadata }
    outputs.push(output)
    const id = (content['transient'] as Content | undefined)?.['display_id']
    if (typeof id === 'string') this.displays.set(id, [...(this.displays.get(id) ?? []), output])
  }

  private update(content: Content): void {
    const id = String((content['transient'] as Content | undefined)?.['display_id'])
    for (const output of this.displays.get(id) ?? []) {
      output.data = splitLines(content['data'] as Content)
      output.metadata = (content['metadata'] ?? {}) as Content
    }
  }
}

function addStream(outputs: Output[], name: string, text: string): void {
  const last = outputs.at(-1)
  if (last?.output_type === 'stream' && last.name === name) last.text = linesOf(textOf(last.text) + text)
  else outputs.push({ output_type: 'stream', name, text: linesOf(text) })
}

function splitLines(data: Content): Content {
  const entries = Object.entries(data).map(([type, value]) => [
    type,
    typeof value === 'string' && (type.startsWith('text/') || type === 'image/svg+xml')
      ? linesOf(value)
      : value,
  ])
  return Object.fromEntries(entries) as Content
}
