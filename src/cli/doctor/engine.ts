import { openBackend, type Backend } from '../../engine/backend.js'
import { freeMemory } from '../../engine/free-memory.js'
import { checkGguf } from '../../engine/gguf/check.js'
import { readable } from '../../engine/gguf/memory.js'
import { requireMemory } from '../../engine/load.js'
import { loadAddon } from '../../engine/native.js'
import { embeddedModelPath, isModelUri, resolveModel } from '../../session/open-model.js'
import { absent, ok, type Finding, type Question } from './finding.js'

/** The native engine, and the backend that llama.cpp chooses here. */
export async function checkEngine(): Promise<Finding[]> {
  const backend = await openBackend('auto')
  const { version } = loadAddon().loadLibrary()
  const free = await backend.freeGpuBytes()
  const where =
    free === null
      ? ok('backend', 'CPU (no accelerator that node-llama-cpp has a build for)')
      : ok('backend', `${String(backend.gpu)}, ${readable(free)} free`)
  return [ok('native engine', `built; llama.cpp ${version}`), where]
}

/** The model: is it there, is it whole, and does it fit into the memory. */
export async function checkModel({ model }: Question): Promise<Finding> {
  const path = await resolveModel(model, { download: false }).catch((error: unknown) => {
    if (model !== undefined && isModelUri(model)) return undefined
    throw error
  })
  if (path === undefined) return absent('model', `${model} is not downloaded; the first session does that`)
  const header = await checkGguf(path)
  await requireMemory({ path }, header, await openBackend('auto').catch((): Backend => CPU))
  const architecture = String(header.metadata.get('general.architecture'))
  const name = path === embeddedModelPath() ? 'the embedded one' : path
  const layers = String(header.metadata.get(`${architecture}.block_count`))
  return ok(
    'model',
    `${name}: ${architecture}, ${layers} layers, ${readable(header.fileBytes)}; fits into the memory`,
  )
}

/** Main memory. */
export function checkMemory(): Finding {
  const limit = process.constrainedMemory()
  const isLimited = limit > 0 && limit < Number.MAX_SAFE_INTEGER
  return ok('memory', `${readable(freeMemory())} free${isLimited ? `, limit ${readable(limit)}` : ''}`)
}

const CPU: Backend = { gpu: false, freeGpuBytes: () => Promise.resolve(null) }
