import { NirError } from '../errors.js'

/** The model file is missing, truncated, corrupt, or of a kind whose layers cannot be reached. */
export class ModelError extends NirError {}

/** An argument of `capture` or `generate` does not fit the model: a layer, a CRV, a token, an option. */
export class InputError extends NirError {}

/** Prompt and context together need more room than the context size. */
export class ContextSizeError extends NirError {}

/** The session was used after `close()`. */
export class ClosedError extends NirError {
  constructor() {
    super('CLOSED', 'The session is closed.', 'Create a new one with createSession().')
  }
}

/** The engine itself failed: its library, its memory, or a decode. */
export class EngineError extends NirError {}

const remedies: Readonly<Record<string, string>> = {
  LIBRARY_NOT_FOUND: 'Reinstall the packages (npm install) so that node-llama-cpp brings its libraries.',
  LIBRARY_MISMATCH: 'Build the engine again (npm run build) after changing the version of node-llama-cpp.',
  MODEL_LOAD_FAILED:
    'Check that the file is a complete GGUF that this version of llama.cpp supports, and that it fits the memory (of the GPU, unless gpu: false).',
  UNSUPPORTED_ARCHITECTURE: 'Use a decoder-only transformer with full attention, such as LLaMA or Qwen2.',
  CONTEXT_FAILED: 'Give a smaller contextSize, or fewer arms at once.',
  OUT_OF_MEMORY: 'Give a smaller contextSize, fewer arms at once, or a smaller model.',
  CACHE_FULL: 'Give fewer arms at once, or a smaller maxTokens.',
  NO_TOKENIZER: 'Give tokens (an array of numbers) instead of text.',
  NO_CHAT_TEMPLATE: 'Use an instruction-tuned model, or give a prompt of your own to generate().',
  CHAT_TEMPLATE_UNKNOWN: 'Give a prompt of your own to generate().',
}

const modelCodes = new Set([
  'MODEL_LOAD_FAILED',
  'UNSUPPORTED_ARCHITECTURE',
  'NO_TOKENIZER',
  'NO_CHAT_TEMPLATE',
  'CHAT_TEMPLATE_UNKNOWN',
])

/** Turns an error of the addon (which carries a `code`) into a typed one; passes anything else on. */
function fromNative(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof NirError) return error
  const code = (error as Error & { code?: unknown }).code
  if (typeof code !== 'string') return error
  const remedy = remedies[code] ?? 'This is a fault of NIR Lab: please report it with the message.'
  const type = modelCodes.has(code) ? ModelError : EngineError
  return new type(code, error.message.trim(), remedy, { cause: error })
}

/** Runs a call into the addon with its errors made typed. */
export async function callNative<T>(call: () => T | Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw fromNative(error)
  }
}

/** As {@link callNative}, for calls that answer at once. */
export function callNativeSync<T>(call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw fromNative(error)
  }
}
