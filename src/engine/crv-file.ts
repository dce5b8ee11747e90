import { Crv } from './crv.js'
import { InputError } from './errors.js'
import { loadAddon } from './native.js'
import { TensorFileError } from './safetensors/format.js'
import { SafetensorsFile } from './safetensors/read.js'

/** The model that CRVs are of; a session's `model` is one. */
export interface CrvModel {
  readonly name: string
  readonly architecture: string
  /** Decoder layers. */
  readonly layerCount: number
  readonly hiddenSize: number
}

/** `format` and `version` in the file's metadata. */
export const CRV_FORMAT = 'nir-crv'
export const CRV_VERSION = '1'

/** Keys of the metadata that the layout itself uses. */
export const reservedKeys = [
  'format',
  'version',
  'model',
  'architecture',
  'hiddenSize',
  'layerCount',
  'layers',
] as const

/** Tensor of a CRV's tokens, I32 `[tokenCount]`. */
export function tokensTensor(name: string): string {
  return `${name}.tokens`
}

/** Tensor of one layer of a CRV, F32 or F16 `[tokenCount, hiddenSize]`. */
export function layerTensor(name: string, layer: number): string {
  return `${name}.layer.${layer}`
}

/**
 * Opens a file that {@link saveCrvs} or {@link CrvWriter} wrote (or Python's `safetensors`, in the same layout: see
 * {@link CrvWriter}). The CRVs stay on the disk until they are read. A CRV from a file is injected as exactly as a
 * captured one, but costs one more pass over its rows a depth: its tokens' keys and values are not trusted to match.
 * @throws {@link TensorFileError} `TENSOR_FILE_NOT_FOUND`, `TENSOR_FILE_CORRUPT`, `NOT_A_CRV_FILE`.
 *
 * @example
 * const file = await loadCrvs('thoughts.safetensors')
 * const crv = await file.read('problem-11', { layers: [6] })
 * await file.close()
 */
export async function loadCrvs(path: string): Promise<CrvFile> {
  const file = await SafetensorsFile.open(path)
  try {
    return new CrvFile(file)
  } catch (error) {
    await file.close()
    throw error
  }
}

/** CRVs in a file; {@link loadCrvs} opens it. */
export class CrvFile {
  /** The CRVs' names, in the file's order. */
  readonly names: readonly string[]
  readonly model: CrvModel
  /** The layers that every CRV has, ascending. */
  readonly layers: readonly number[]
  /** The user's own metadata. */
  readonly metadata: Readonly<Record<string, string>>
  readonly #file: SafetensorsFile

  /** @internal */
  constructor(file: SafetensorsFile) {
    this.#file = file
    const { metadata } = file
    if (metadata.get('format') !== CRV_FORMAT || metadata.get('version') !== CRV_VERSION)
      throw this.#invalid(
        `its metadata say format '${metadata.get('format') ?? ''}', version '${metadata.get('version') ?? ''}'; '${CRV_FORMAT}', '${CRV_VERSION}' were expected`,
      )
    this.model = {
      name: metadata.get('model') ?? '',
      architecture: metadata.get('architecture') ?? '',
      layerCount: this.#number('layerCount'),
      hiddenSize: this.#number('hiddenSize'),
    }
    this.layers = this.#layers()
    this.names = [...file.tensors.keys()]
      .filter((name) => name.endsWith(tokensTensor('')))
      .map((name) => name.slice(0, -tokensTensor('').length))
    for (const name of this.names) this.#checkShapes(name)
    const own = new Set<string>(reservedKeys)
    this.metadata = Object.fromEntries([...metadata].filter(([key]) => !own.has(key)))
  }

  /**
   * Reads one CRV; F16 values become float32.
   * @param options - `layers`: read these only; default: all
   * @throws {@link InputError} `CRV_NOT_FOUND`, `LAYER_NOT_CAPTURED`; {@link TensorFileError} when the file has changed.
   */
  async read(name: string, options: { readonly layers?: readonly number[] } = {}): Promise<Crv> {
    if (!this.#file.tensors.has(tokensTensor(name)))
      throw new InputError(
        'CRV_NOT_FOUND',
        `'${this.#file.path}' holds no CRV '${name}'.`,
        `It holds ${this.names.length}; .names lists them.`,
      )
    const layers = options.layers ?? this.layers
    for (const layer of layers)
      if (!this.layers.includes(layer))
        throw new InputError(
          'LAYER_NOT_CAPTURED',
          `Layer ${layer} is not in '${this.#file.path}', which holds the layers ${this.layers.join(', ')}.`,
          'Give layers that it holds.',
        )
    const tokens = Array.from(await this.#file.read(tokensTensor(name), 'I32'))
    const states = new Map<number, Float32Array>()
    for (const layer of layers) states.set(layer, await this.#states(layerTensor(name, layer)))
    return new Crv({ states, tokens, hiddenSize: this.model.hiddenSize })
  }

  /** Closes the file. CRVs that were read stay usable. */
  close(): Promise<void> {
    return this.#file.close()
  }

  async #states(tensor: string): Promise<Float32Array> {
    if (this.#file.tensors.get(tensor)!.dtype === 'F32') return this.#file.read(tensor, 'F32')
    return loadAddon().fromHalf(await this.#file.read(tensor, 'F16'))
  }

  #number(key: string): number {
    const value = Number(this.#file.metadata.get(key))
    if (Number.isSafeInteger(value) && value > 0) return value
    throw this.#invalid(
      `its '${key}' is '${this.#file.metadata.get(key) ?? ''}', not a positive whole number`,
    )
  }

  #layers(): number[] {
    const text = this.#file.metadata.get('layers') ?? ''
    const layers = text.split(',').map(Number)
    if (
      !/^\d+(,\d+)*$/.test(text) ||
      layers.some((layer, i) => layer >= this.model.layerCount || (i > 0 && layer <= layers[i - 1]!))
    )
      throw this.#invalid(`its 'layers' are '${text}', not ascending layers such as '0,6,11'`)
    return layers
  }

  #checkShapes(name: string): void {
    const tokens = this.#file.tensors.get(tokensTensor(name))!
    const [count] = tokens.shape
    if (tokens.dtype !== 'I32' || tokens.shape.length !== 1 || count === 0)
      throw this.#invalid(`the tokens of '${name}' are ${tokens.dtype} [${tokens.shape.join(', ')}]`)
    const expected = `[${count}, ${this.model.hiddenSize}]`
    for (const layer of this.layers) {
      const states = this.#file.tensors.get(layerTensor(name, layer))
      if (!states) throw this.#invalid(`'${name}' lacks layer ${layer}`)
      const shape = `[${states.shape.join(', ')}]`
      if (shape !== expected || (states.dtype !== 'F32' && states.dtype !== 'F16'))
        throw this.#invalid(
          `'${layerTensor(name, layer)}' is ${states.dtype} ${shape}; F32 or F16 ${expected} was expected`,
        )
    }
  }

  #invalid(what: string): TensorFileError {
    return new TensorFileError(
      'NOT_A_CRV_FILE',
      `'${this.#file.path}' holds no CRVs as NIR Lab writes them: ${what}.`,
      'Write it with saveCrvs(), or in the layout that CrvWriter documents.',
    )
  }
}
