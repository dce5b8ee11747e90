import { homedir } from 'node:os'
import { join } from 'node:path'
import { ModelError } from '../engine/index.js'
import { packageRoot } from '../package-root.js'
import { downloadInCell } from './progress/work.js'

const URI = /^(hf|huggingface|https?|file):/

/** The model that comes with NIR Lab. */
export function embeddedModelPath(): string {
  return join(packageRoot(), 'data', 'model', 'nir-embedded.gguf')
}

/** Whether a model is named by a URI, so that it is downloaded. */
export function isModelUri(model: string): boolean {
  return URI.test(model)
}

/** The folder of what is downloaded: `nir-lab` under `XDG_CACHE_HOME`, or under `~/.cache`. */
export function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'nir-lab')
}

/**
 * The path of a model's file: the embedded one by default, a path as it is, and what a URI of node-llama-cpp
 * (`hf:user/repository:Q4_K_M`, `https://…`) names, downloaded to the user's cache on first use unless `download` is false.
 * @throws {@link ModelError} `MODEL_DOWNLOAD_FAILED`.
 */
export async function resolveModel(
  model: string | undefined,
  { download = true }: { download?: boolean } = {},
): Promise<string> {
  if (model === undefined) return embeddedModelPath()
  if (!isModelUri(model)) return model
  const { resolveModelFile } = await import('node-llama-cpp')
  const directory = join(cacheFolder(), 'models')
  try {
    const onProgress = downloadInCell(model)
    // Without a cell, node-llama-cpp shows it in the terminal.
    const shown = onProgress ? { cli: false, onProgress } : {}
    return await resolveModelFile(model, { directory, download: download ? 'auto' : false, ...shown })
  } catch (error) {
    throw new ModelError(
      'MODEL_DOWNLOAD_FAILED',
      `The model '${model}' cannot be downloaded: ${(error as Error).message}.`,
      'Check the URI and the network, or give the path of a GGUF file.',
      { cause: error },
    )
  }
}
