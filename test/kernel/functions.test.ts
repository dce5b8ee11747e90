import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandOf } from '../../kernel/functions/shell-words.js'
import { duration } from '../../src/text/duration.js'
import { TestKernel } from './session.js'

let kernel: TestKernel
beforeAll(async () => {
  kernel = await TestKernel.start()
})
afterAll(() => kernel.stop())

const command = (strings: TemplateStringsArray, ...values: unknown[]) => commandOf(strings, values)

/** What still runs of a process group; what nobody has reaped does not. */
const alive = (group: number) =>
  execFileSync('ps', ['-eo', 'pgid=,stat=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => Number(line.trim().split(/\s+/)[0]) === group && !/^\s*\d+\s+Z/.test(line))

describe('the words of a command', () => {
  it('are one a value, whatever is in it, and several a list', () => {
    expect(command`ls ${'a b'} ${"it's"} ${'$(rm -rf ~)'} ${''} ${'plain/path-1.txt'}`).toBe(
      `ls 'a b' 'it'\\''s' '$(rm -rf ~)' '' plain/path-1.txt`,
    )
    expect(command`cat ${['a b', 3, true]} x${[]}y`).toBe(`cat 'a b' 3 true xy`)
  })

  it('leave backslashes and variables to the shell', () => {
    expect(command`grep "\.ts$" $HOME \${HOME} \`pwd\` "\n"`).toBe('grep "\\.ts$" $HOME ${HOME} `pwd` "\\n"')
  })

  it('cannot be what a shell would take for a name', () => {
    for (const value of [undefined, null, {}, () => 1, 'a\0b', [undefined]])
      expect(() => command`rm ${value}`).toThrow('cannot be a word of a command')
  })
})

describe('sh', () => {
  it('shows what is printed, in both streams, and no result after it', async () => {
    const { stdout, stderr, messages } = await kernel.run('await sh`echo out; echo err >&2; echo ${"a  b"}`')
    expect(stdout).toBe('out\na  b\n')
    expect(stderr).toBe('err\n')
    expect(messages.some(({ type }) => type === 'execute_result')).toBe(false)
  })

  it('gives it back as text and lines, and is quiet when asked', async () => {
    const code =
      'const r = await sh({ quiet: true })`printf "1\\n2 é\\n\\n"`; [r.stdout, r.lines, `${r}`, r.exitCode]'
    const { stdout, result } = await kernel.run(code)
    expect(stdout).toBe('')
    expect(result).toBe("[ '1\\n2 é\\n\\n', [ '1', '2 é' ], '1\\n2 é', 0 ]")
  })

  it('takes a folder and an environment', async () => {
    const { result } = await kernel.run(
      '(await sh({ cwd: "/", env: { GREETING: "hi", HOME: undefined }, quiet: true })`pwd; echo "$GREETING[$HOME]"`).lines',
    )
    expect(result).toBe("[ '/', 'hi[]' ]")
    expect((await kernel.run('await sh({ cwd: "/no/such" })`ls`')).reply['evalue']).toContain("'/no/such'")
  })

  it('rejects with the command, the code and the end of its error output', async () => {
    const { reply } = await kernel.run('await sh`seq 1 50 >&2; exit 3`')
    expect(reply['ename']).toBe('ShellError')
    const lines = Array.from({ length: 10 }, (_, i) => i + 41).join('\n')
    expect(reply['evalue']).toBe(`seq 1 50 >&2; exit 3\nended with exit code 3:\n${lines}`)
    const caught = await kernel.run(
      'try { await sh({ quiet: true })`kill -9 $$` } catch (error) { [error.exitCode, error.signal] }',
    )
    expect(caught.reply['status']).toBe('ok')
    const seen = await kernel.run(
      'const e = await sh({ quiet: true })`echo x; kill -9 $$`.catch((error) => error); [e.exitCode, e.signal, e.stdout]',
    )
    expect(seen.result).toBe("[ null, 'SIGKILL', 'x\\n' ]")
  })

  it('streams while it runs, and an interrupt ends all that it started', async () => {
    const began = Date.now()
    const code = 'await sh`echo $$; (sleep 60 & sleep 60) & sleep 60`'
    let leader = 0
    const reply = await kernel.client.execute(code, (type, content) => {
      if (type !== 'stream') return
      leader = Number(content['text'])
      void kernel.client.interrupt()
    })
    expect(reply['ename']).toBe('CellInterrupted')
    expect(Date.now() - began).toBeLessThan(20_000)
    expect(alive(leader)).toEqual([])
    expect((await kernel.run('1 + 1')).result).toBe('2')
  })

  it('lets other work go on meanwhile', async () => {
    const { result } = await kernel.run(
      'let ticks = 0; const t = setInterval(() => ticks++, 10); await sh`sleep 0.5`; clearInterval(t); ticks > 5',
    )
    expect(result).toBe('true')
  })

  it('has typed values', async () => {
    const { reply } = await kernel.run('await sh`ls ${undefined}`')
    expect(reply['ename']).toBe('TypeScriptError')
  })
})

describe('time', () => {
  it('prints how long, and returns the value, of promises too', async () => {
    const { stdout, result } = await kernel.run('await time("sum", async () => 40 + 2)')
    expect(stdout).toMatch(/^sum: [\d.]+ (µs|ms)\n$/)
    expect(result).toBe('42')
    const anonymous = await kernel.run('const n: number = await time(() => 7); n')
    expect(anonymous.stdout).toMatch(/^took [\d.]+ (µs|ms)\n$/)
    expect(anonymous.result).toBe('7')
  })

  it('shows the median of several runs and their extremes', async () => {
    const { stdout } = await kernel.run('let calls = 0; await time(function work() { calls++ }, { runs: 4 })')
    expect(stdout).toMatch(/^work: median [\d.]+ µs \([\d.]+ µs – [\d.]+ (µs|ms), 4 runs\)\n$/)
    expect((await kernel.run('calls')).result).toBe('4')
  })

  it('says durations as people do', () => {
    const said = [0.0004, 0.43, 0.9999, 1.2345, 999.9, 3210, 59_960, 125_000, 11_520_000].map(duration)
    expect(said).toEqual([
      '0.4 µs',
      '430 µs',
      '1 ms',
      '1.23 ms',
      '1.0 s',
      '3.2 s',
      '1 min 0 s',
      '2 min 5 s',
      '3 h 12 min',
    ])
  })
})
