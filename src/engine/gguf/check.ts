import { ModelError } from '../errors.js'
import { readGgufHeader } from './read.js'
import { tensorTypes, type GgufHeader, type TensorInfo } from './types.js'

/** LLAMA_MAX_LAYERS of llama.cpp. */
const LARGEST_LAYER_COUNT = 512

/**
 * Reads a GGUF's header and checks what llama.cpp would meet with an abort of the whole process, or only after
 * mapping gigabytes: counts, shapes, types, and that every tensor's data lies within the file.
 * @throws {@link ModelError}
 */
export async function checkGguf(path: string): Promise<GgufHeader> {
  const header = await readGgufHeader(path)
  const check = new Checker(path, header)
  check.metadata()
  check.tensors()
  return header
}

class Checker {
  constructor(
    private readonly path: string,
    private readonly header: GgufHeader,
  ) {}

  metadata(): void {
    const architecture = this.header.metadata.get('general.architecture')
    if (typeof architecture !== 'string' || architecture === '')
      throw this.#corrupt('it names no architecture')
    for (const key of ['block_count', 'embedding_length', 'context_length'])
      this.#positive(`${architecture}.${key}`)
    this.#blocks(architecture)
    const heads = this.header.metadata.get(`${architecture}.attention.head_count`)
    if (typeof heads === 'number') this.#positive(`${architecture}.attention.head_count`)
    const keyValueHeads = this.header.metadata.get(`${architecture}.attention.head_count_kv`)
    if (typeof heads === 'number' && typeof keyValueHeads === 'number') {
      this.#positive(`${architecture}.attention.head_count_kv`)
      if (heads % keyValueHeads !== 0)
        throw this.#corrupt(`${heads} heads do not divide into ${keyValueHeads} key-value heads`)
    }
    const tokens = this.header.metadata.get('tokenizer.ggml.tokens')
    const embedding = this.header.tensors.find((tensor) => tensor.name === 'token_embd.weight')
    if (typeof tokens === 'object' && embedding && tokens.length !== embedding.dimensions[1])
      throw this.#corrupt(
        `its vocabulary has ${tokens.length} tokens, its embedding ${embedding.dimensions[1] ?? 0} rows`,
      )
  }

  tensors(): void {
    if (this.header.tensors.length === 0 && !this.#isSplit()) throw this.#corrupt('it holds no tensors')
    for (const tensor of this.header.tensors) this.#tensor(tensor)
  }

  #tensor(tensor: TensorInfo): void {
    if (tensor.dimensions.some((size) => size < 1))
      throw this.#corrupt(`'${tensor.name}' has an empty dimension`)
    const elements = tensor.dimensions.reduce((product, size) => product * size, 1)
    const layout = tensorTypes.get(tensor.type)
    // A type that is newer than this table is left to llama.cpp; its data must at least begin within the file.
    const [blockElements, blockBytes] = layout ?? [1, 0]
    if (tensor.dimensions[0]! % blockElements !== 0)
      throw this.#corrupt(`the rows of '${tensor.name}' are no multiple of its block size ${blockElements}`)
    const end = this.header.dataOffset + tensor.offset + (elements / blockElements) * blockBytes
    if (!Number.isSafeInteger(end)) throw this.#corrupt(`'${tensor.name}' has an impossible size`)
    if (end > this.header.fileBytes)
      throw new ModelError(
        'MODEL_TRUNCATED',
        `'${this.path}' has ${this.header.fileBytes} bytes, but its tensor '${tensor.name}' ends at byte ${end}.`,
        'Download or copy the model again.',
      )
  }

  /** llama.cpp aborts on more layers than it has room for; the tensors tell how many there really are. */
  #blocks(architecture: string): void {
    const count = this.header.metadata.get(`${architecture}.block_count`)
    const indices = this.header.tensors.map(({ name }) => Number(/^blk\.(\d+)\./.exec(name)?.[1] ?? -1))
    const found = indices.reduce((largest, index) => Math.max(largest, index), -1) + 1
    // Encoder models name their tensors otherwise; they are refused, with the reason, when they are loaded.
    if (count !== found && found > 0 && !this.#isSplit())
      throw this.#corrupt(`it claims ${String(count)} layers and holds tensors of ${found}`)
    if (Math.max(found, Number(count)) > LARGEST_LAYER_COUNT)
      throw this.#corrupt(`it has ${Math.max(found, Number(count))} layers, more than ${LARGEST_LAYER_COUNT}`)
  }

  #isSplit(): boolean {
    const parts = this.header.metadata.get('split.count')
    return typeof parts === 'number' && parts > 1
  }

  #positive(key: string): void {
    const value = this.header.metadata.get(key)
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 2 ** 31)
      throw this.#corrupt(`'${key}' is ${JSON.stringify(value) ?? 'missing'}, not a positive whole number`)
  }

  #corrupt(what: string): ModelError {
    return new ModelError(
      'MODEL_CORRUPT',
      `'${this.path}' is not a usable model: ${what}.`,
      'Give a language model in GGUF, or export it again.',
    )
  }
}
