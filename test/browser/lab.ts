import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Locator, type Page } from 'playwright-core'
import type * as kernelspecModule from '../../kernel/kernelspec/kernelspec.js'
import { findBrowser } from '../../src/analysis/charts/picture.js'
import { importBuilt } from '../kernel/built.js'
import { fewestProblems } from '../notebooks/fewest-problems.js'

const ROOT = join(import.meta.dirname, '../..')
const NOTEBOOKS = join(ROOT, 'notebooks')
export const PYTHON = process.env['NIR_TEST_PYTHON'] ?? 'python3'
/** How many problems the notebooks take, for pictures of the documentation; else as few as can be. */
const PROBLEMS = process.env['NIR_BROWSER_PROBLEMS']
const TOKEN = 'nir'
/** Where the tests leave what they saw; not part of the repository. */
export const SCREENSHOTS = join(ROOT, 'runs', 'screenshots')

/** For what is there at once on a machine that does nothing else. */
const TIMEOUT_MS = 120_000
const VIEWPORT = { width: 1280, height: 1400 }

/** What a machine lacks for these tests; `null`: nothing. */
export const missing = missingParts()

/** What of a notebook's cell counts here. */
export interface Cell {
  readonly cell_type: string
  readonly execution_count: number | null
  readonly outputs: readonly {
    readonly output_type: string
    readonly data?: Readonly<Record<string, unknown>>
  }[]
}

/** JupyterLab with our kernel over a copy of the notebooks, for few problems, and a browser. */
export interface Lab {
  readonly page: Page
  /** What the page complained of since it was opened: errors of scripts, and those written to its console. */
  readonly complaints: readonly string[]
  /** Opens a notebook and waits for its kernel. */
  open(notebook: string): Promise<void>
  /** Makes a notebook and waits for its kernel. */
  create(): Promise<void>
  /** Types code into the last cell and runs it. The cell. */
  run(code: string): Promise<Locator>
  /** By the menu, as a user would. */
  menu(...path: readonly string[]): Promise<void>
  /** Runs all cells of the open notebook. Its cells, as JupyterLab has them then. */
  runAll(): Promise<Cell[]>
  /** Scrolls to a cell, by its place in the notebook, as JupyterLab keeps only those in sight on the page. */
  cell(index: number): Promise<Locator>
  /** Saves the open notebook. */
  save(): Promise<void>
  /** The path of a notebook's file. */
  path(notebook: string): string
  /** A page beside JupyterLab's that reaches files only: no network. */
  offline(): Promise<Page>
  /** By its name in JupyterLab, such as `JupyterLab Dark`. */
  theme(name: string): Promise<void>
  /** Makes a notebook of cells and opens it in Notebook 7, which the same server has where it is installed. */
  createInNotebook7(...cells: readonly string[]): Promise<void>
  /** Waits until the kernel has nothing to do. */
  idle(): Promise<void>
  /** Of the page, or of a part of it. */
  screenshot(name: string, part?: Locator): Promise<void>
  close(): Promise<void>
}

export async function openLab(): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), 'nir-lab-'))
  const { installKernelspec } = await importBuilt<typeof kernelspecModule>('kernel/kernelspec/kernelspec.js')
  installKernelspec(join(folder, 'share', 'jupyter', 'kernels'))
  mkdirSync(join(folder, 'notebooks'))
  for (const name of readdirSync(NOTEBOOKS).filter((file) => file.endsWith('.ipynb'))) {
    const source = readFileSync(join(NOTEBOOKS, name), 'utf8')
    writeFileSync(
      join(folder, 'notebooks', name),
      source.replace(/const problemCount = \d+/, `const problemCount = ${PROBLEMS ?? fewestProblems(name)}`),
    )
  }
  const settings = join(folder, 'settings', '@jupyterlab', 'apputils-extension')
  mkdirSync(settings, { recursive: true })
  writeFileSync(join(settings, 'notification.jupyterlab-settings'), '{ "fetchNews": "false" }')
  mkdirSync(SCREENSHOTS, { recursive: true })
  const port = await freePort()
  const server = startServer(folder, port)
  const url = `http://127.0.0.1:${port}`
  await answering(`${url}/api/status?token=${TOKEN}`, server)
  const browser = await chromium.launch({ executablePath: findBrowser(), args: ['--no-sandbox'] })
  return new OpenLab(folder, url, server, browser, await browser.newPage({ viewport: VIEWPORT }))
}

/** What of JupyterLab's own API is used. */
interface JupyterApp {
  readonly commands: { execute(command: string, options?: object): Promise<unknown> }
  readonly shell: {
    readonly currentWidget: {
      readonly sessionContext?: {
        readonly session?: {
          readonly kernel?: { readonly connectionStatus: string; readonly status: string } | null
        } | null
      }
      readonly content: {
        readonly model: { readonly cells: Iterable<{ toJSON(): Cell }> }
        scrollToItem(index: number, align: 'start'): Promise<void>
      }
    }
  }
}

class OpenLab implements Lab {
  complaints: string[] = []

  constructor(
    private readonly folder: string,
    private readonly url: string,
    private readonly server: ChildProcess,
    private readonly browser: Browser,
    readonly page: Page,
  ) {
    page.setDefaultTimeout(TIMEOUT_MS)
    page.on('pageerror', (error) => this.complaints.push(error.stack ?? String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(`${message.text()} (${message.location().url})`)
    })
  }

  async open(notebook: string): Promise<void> {
    await this.goto(`lab/tree/notebooks/${notebook}?reset&`)
    await this.idle()
  }

  async create(): Promise<void> {
    await this.goto('lab?reset&')
    await this.page
      .locator('.jp-LauncherCard[data-category=Notebook]', { hasText: 'TypeScript (NIR)' })
      .click()
    await this.idle()
  }

  async run(code: string): Promise<Locator> {
    const cells = this.page.locator('.jp-Notebook .jp-CodeCell')
    const count = await cells.count()
    const cell = cells.nth(count - 1)
    await cell.locator('.cm-content').click()
    await this.page.keyboard.insertText(code)
    await this.page.keyboard.press('Shift+Enter')
    await cells.nth(count).waitFor() // a new cell, below
    return cell
  }

  async menu(...path: readonly string[]): Promise<void> {
    for (const [depth, label] of path.entries()) {
      const item = depth === 0 ? '.lm-MenuBar-item' : '.lm-Menu-item'
      await this.page.locator(item, { hasText: label }).first().click()
    }
  }

  async runAll(): Promise<Cell[]> {
    await this.menu('Run', 'Run All Cells')
    // A cell that fails ends the run.
    const cells = await this.page.waitForFunction(
      () => {
        const { jupyterapp } = window as unknown as { jupyterapp: JupyterApp }
        const all = [...jupyterapp.shell.currentWidget.content.model.cells].map((cell) => cell.toJSON())
        const code = all.filter((cell) => cell.cell_type === 'code')
        const failed = code.some((cell) => cell.outputs.some((output) => output.output_type === 'error'))
        return failed || code.every((cell) => cell.execution_count !== null) ? all : null
      },
      undefined,
      { timeout: 540_000, polling: 500 },
    )
    return (await cells.jsonValue())!
  }

  async cell(index: number): Promise<Locator> {
    await this.page.evaluate((place) => {
      const { jupyterapp } = window as unknown as { jupyterapp: JupyterApp }
      // Its promise may never resolve, when there is little to scroll.
      void jupyterapp.shell.currentWidget.content.scrollToItem(place, 'start')
    }, index)
    const cell = this.page.locator(`.jp-Notebook .jp-Cell[data-windowed-list-index="${index}"]`)
    await cell.waitFor()
    return cell
  }

  async save(): Promise<void> {
    await this.execute('docmanager:save')
  }

  path(notebook: string): string {
    return join(this.folder, 'notebooks', notebook)
  }

  async offline(): Promise<Page> {
    const context = await this.browser.newContext({ viewport: VIEWPORT })
    context.setDefaultTimeout(TIMEOUT_MS)
    await context.route(/^(?!file:)/, (route) => route.abort())
    return context.newPage()
  }

  async theme(name: string): Promise<void> {
    await this.execute('apputils:change-theme', { theme: name })
    await this.page.locator(`body[data-jp-theme-name="${name}"]`).waitFor({ state: 'attached' })
  }

  async createInNotebook7(...cells: readonly string[]): Promise<void> {
    writeFileSync(
      this.path('new.ipynb'),
      JSON.stringify({
        cells: cells.map((source, i) => ({
          id: `cell-${i}`,
          cell_type: 'code',
          metadata: {},
          source,
          outputs: [],
          execution_count: null,
        })),
        metadata: { kernelspec: { name: 'nir', display_name: 'TypeScript (NIR)', language: 'typescript' } },
        nbformat: 4,
        nbformat_minor: 5,
      }),
    )
    await this.goto('notebooks/notebooks/new.ipynb?')
    // What it shows says idle before there is a kernel, and runs nothing then.
    await this.page.waitForFunction(() => {
      const { jupyterapp } = window as unknown as { jupyterapp?: JupyterApp }
      const kernel = jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel
      return kernel?.connectionStatus === 'connected' && kernel.status === 'idle'
    })
  }

  async idle(): Promise<void> {
    await this.page.locator('#jp-main-statusbar', { hasText: '(NIR) | Idle' }).waitFor({ timeout: 60_000 })
  }

  async screenshot(name: string, part?: Locator): Promise<void> {
    await (part ?? this.page).screenshot({ path: join(SCREENSHOTS, `${name}.png`) })
  }

  async close(): Promise<void> {
    await this.browser.close()
    const exited = new Promise((resolve) => this.server.once('exit', resolve))
    this.server.kill('SIGTERM')
    await exited
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }

  private async goto(path: string): Promise<void> {
    await this.page.goto(`${this.url}/${path}token=${TOKEN}`)
    this.complaints = []
  }

  private async execute(command: string, options: object = {}): Promise<void> {
    await this.page.evaluate(
      (given) =>
        (window as unknown as { jupyterapp: JupyterApp }).jupyterapp.commands
          .execute(given.command, given.options)
          .then(() => undefined),
      { command, options },
    )
  }
}

function startServer(folder: string, port: number): ChildProcess {
  const settings = [
    `--ServerApp.root_dir=${folder}`,
    `--ServerApp.port=${port}`,
    '--ServerApp.port_retries=0',
    `--IdentityProvider.token=${TOKEN}`,
    '--ServerApp.open_browser=False',
    '--ServerApp.allow_root=True',
    '--LabApp.expose_app_in_browser=True',
    '--JupyterNotebookApp.expose_app_in_browser=True',
  ]
  return spawn(PYTHON, ['-m', 'jupyterlab', ...settings], {
    stdio: 'ignore',
    env: {
      ...process.env,
      JUPYTER_PATH: join(folder, 'share', 'jupyter'),
      JUPYTER_DATA_DIR: join(folder, 'data'),
      JUPYTER_CONFIG_DIR: join(folder, 'config'),
      JUPYTERLAB_SETTINGS_DIR: join(folder, 'settings'),
      JUPYTERLAB_WORKSPACES_DIR: join(folder, 'workspaces'),
    },
  })
}

async function answering(url: string, server: ChildProcess): Promise<void> {
  while (server.exitCode === null) {
    const response = await fetch(url).catch(() => null)
    if (response?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`JupyterLab ended with exit code ${server.exitCode}.`)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Why a Python module is not there; `null`: it is. */
export function lacksModule(name: string): string | null {
  const found = spawnSync(PYTHON, ['-c', `import ${name}`]).status === 0
  return found ? null : `${PYTHON} lacks ${name} (set NIR_TEST_PYTHON)`
}

function missingParts(): string | null {
  try {
    findBrowser()
  } catch (error) {
    return (error as Error).message
  }
  return lacksModule('jupyterlab')
}
