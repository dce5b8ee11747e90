import { describe, expect, it } from 'vitest'
import { pageOf } from '../../src/cli/html/page.js'
import { linesOf, textOf } from '../../src/cli/notebook/notebook.js'
import { OutputCollector, type Output } from '../../src/cli/notebook/outputs.js'
import { Progress } from '../../src/cli/run/progress.js'
import { code, markdown, notebookOf } from './notebooks.js'

describe('outputs', () => {
  it('join stream text and follow display updates across cells', () => {
    const collector = new OutputCollector()
    const first: Output[] = []
    const second: Output[] = []
    collector.take(first, 'stream', { name: 'stdout', text: 'a' })
    collector.take(first, 'stream', { name: 'stdout', text: 'b\nc' })
    collector.take(first, 'display_data', { data: { 'text/plain': '1' }, transient: { display_id: 'x' } })
    collector.take(second, 'update_display_data', {
      data: { 'text/plain': '2' },
      transient: { display_id: 'x' },
    })
    expect(first).toEqual([
      { output_type: 'stream', name: 'stdout', text: ['ab\n', 'c'] },
      { output_type: 'display_data', data: { 'text/plain': ['2'] }, metadata: {} },
    ])
    expect(second).toEqual([])
  })

  it('are cleared, at once or by what comes next', () => {
    const collector = new OutputCollector()
    const outputs: Output[] = []
    collector.take(outputs, 'stream', { name: 'stdout', text: 'old' })
    collector.take(outputs, 'clear_output', { wait: true })
    expect(outputs).toHaveLength(1)
    collector.take(outputs, 'stream', { name: 'stdout', text: 'new' })
    expect(outputs).toEqual([{ output_type: 'stream', name: 'stdout', text: ['new'] }])
  })
})

describe('text', () => {
  it('is kept as lines with their ends', () => {
    expect(linesOf('a\nb\n')).toEqual(['a\n', 'b\n'])
    expect(linesOf('')).toEqual([])
    expect(textOf(linesOf('a\n\nb'))).toBe('a\n\nb')
  })
})

describe('a page', () => {
  it('has no plotly.js where no cell needs it', () => {
    const page = pageOf(notebookOf(markdown('# T'), code('const a = "<b>"')))
    expect(page.length).toBeLessThan(10_000)
    expect(page).toContain('&lt;b&gt;')
    expect(page).toContain('<title>T</title>')
  })
})

describe('progress on a terminal', () => {
  it('shows output above a line that is drawn again', () => {
    const written: string[] = []
    const progress = new Progress({ write: (text) => written.push(text), isTTY: true, columns: 80 })
    progress.begin(1, 2, 'import x from "x"\nrun()')
    progress.output('stream', { name: 'stdout', text: 'hello\n' })
    progress.output('update_display_data', { data: { 'text/plain': '5 of 10' } })
    progress.end(true)
    const text = written.join('')
    expect(text).toContain('\r\u001b[Khello\n')
    expect(text).toContain('… [1/2] 5 of 10 · 0.0 s')
    expect(text).toMatch(/✓ \[1\/2\] run\(\) \([\d.]+ s\)\n$/)
  })
})
