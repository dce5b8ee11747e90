import { homedir } from 'node:os'
import { join } from 'node:path'
import { ModelError } from '../engine/index.js'
import { packageRoot } from '../package-root.js'

const URI = /^(hf|huggingface|https?|file):/

/** The model that comes with NIR Lab. */
export function embeddedModelPath(): string {
  return join(packageRoot(), 'data', 'model', 'nir-embedded.gguf')
}

/**
 * The path of a model's file: the embedded one by default, a path as it is, and what a URI of node-llama-cpp
 * (`hf:user/repository:Q4_K_M`, `https://…`) names, downloaded to the user's cache on first use.
 * @throws {@link ModelError} `MODEL_DOWNLOAD_FAILED`.
 */
export async function resolveModel(model: string | undefined): Promise<string> {
  if (model === undefined) return embeddedModelPath()
  if (!URI.test(model)) return model
  const { resolveModelFile } = await import('node-llama-cpp')
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  try {
    return await resolveModelFile(model, join(cache, 'nir-lab', 'models'))
  } catch (error) {
    throw new ModelError(
      'MODEL_DOWNLOAD_FAILED',
      `The model '${model}' cannot be downloaded: ${(error as Error).message}.`,
      'Check the URI and the network, or give the path of a GGUF file.',
      { cause: error },
    )
  }
}
