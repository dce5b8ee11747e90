import type { Check } from './finding.js'

interface Entry {
  /** What it looks at, should the check itself fail. */
  what: string
  /** The main job, a notebook with a sweep on this machine, cannot be done without. */
  needed?: boolean
  load(): Promise<Check>
}

/** All checks in the order in which they are shown. Each is loaded alone: what it imports may be what is missing. */
export const CHECKS: readonly Entry[] = [
  { what: 'Node.js', needed: true, load: async () => (await import('./packages.js')).checkNode },
  { what: 'packages', needed: true, load: async () => (await import('./packages.js')).checkPackages },
  { what: 'native engine', needed: true, load: async () => (await import('./engine.js')).checkEngine },
  { what: 'model', needed: true, load: async () => (await import('./engine.js')).checkModel },
  { what: 'memory', load: async () => (await import('./engine.js')).checkMemory },
  { what: 'disk', load: async () => (await import('./tools.js')).checkDisk },
  { what: 'Python', load: async () => (await import('./python.js')).checkParser },
  { what: 'Pyodide', load: async () => (await import('./python.js')).checkPyodide },
  { what: 'sandbox', load: async () => (await import('./python.js')).checkSandbox },
  { what: 'Jupyter', load: async () => (await import('./jupyter.js')).checkJupyter },
  { what: 'kernel', load: async () => (await import('./jupyter.js')).checkKernelspecs },
  { what: 'Chromium', load: async () => (await import('./tools.js')).checkBrowser },
  { what: 'toolchain', load: async () => (await import('./tools.js')).checkToolchain },
  { what: 'Redis', load: async () => (await import('./tools.js')).checkRedis },
]
