import {
  CRV_FORMAT,
  CRV_VERSION,
  layerTensor,
  reservedKeys,
  tokensTensor,
  type CrvModel,
} from './crv-file.js'
import type { Crv } from './crv.js'
import { InputError } from './errors.js'
import { loadAddon } from './native.js'
import type { TensorSpec } from './safetensors/write.js'
import { SafetensorsWriter } from './safetensors/write.js'

/** How to save CRVs. */
export interface CrvSaveOptions {
  /** `'f32'` (default): exact. `'f16'`: half the size, 11 significant bits, up to ±65504. */
  readonly type?: 'f32' | 'f16' | undefined
  readonly model: CrvModel
  /** Your own notes, beside those that the file keeps of the model. */
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

/** What a {@link CrvWriter} is told before the CRVs themselves. */
export interface CrvWriterOptions extends CrvSaveOptions {
  /** Name and tokens of every CRV to come. */
  readonly entries: readonly { readonly name: string; readonly tokens: readonly number[] }[]
  /** The layers of every one. */
  readonly layers: readonly number[]
}

/**
 * Saves CRVs in one safetensors file, in the layout that {@link CrvWriter} documents. An existing file is replaced.
 * @param crvs - name → CRV; all of the same layers
 * @throws as {@link CrvWriter}.
 *
 * @example
 * const crv = await nir.capture('Proposed solution context: …')
 * await saveCrvs('thoughts.safetensors', { 'problem-11': crv }, { model: nir.model, type: 'f16' })
 */
export async function saveCrvs(
  path: string,
  crvs: Readonly<Record<string, Crv>>,
  options: CrvSaveOptions,
): Promise<void> {
  const entries = Object.entries(crvs).map(([name, { tokens }]) => ({ name, tokens }))
  const layers = [...new Set(Object.values(crvs).flatMap((crv) => crv.layers))]
  const writer = await CrvWriter.create(path, { ...options, entries, layers })
  try {
    for (const [name, crv] of Object.entries(crvs)) await writer.write(name, crv)
  } catch (error) {
    await writer.abort()
    throw error
  }
  await writer.close()
}

/**
 * Writes CRVs into one safetensors file as they are captured, however many there are: only the one at hand is in
 * memory.
 *
 * The file holds, for each CRV, `<name>.tokens` (I32 `[tokenCount]`) and `<name>.layer.<k>` (F32 or F16
 * `[tokenCount, hiddenSize]`) for every layer; its metadata are `format: 'nir-crv'`, `version: '1'`, `model`,
 * `architecture`, `hiddenSize`, `layerCount`, `layers` (such as `'0,6,11'`, ascending), and yours.
 *
 * @example
 * const entries = texts.map((text, i) => ({ name: `${i}`, tokens: nir.tokenize(text) }))
 * const writer = await CrvWriter.create('texts.safetensors', { model: nir.model, entries, layers: [6] })
 * try {
 *   for (const { name, tokens } of entries) await writer.write(name, await nir.capture(tokens, { layers: [6] }))
 *   await writer.close()
 * } catch (error) {
 *   await writer.abort()
 *   throw error
 * }
 */
export class CrvWriter {
  private constructor(
    private readonly writer: SafetensorsWriter,
    private readonly tokens: ReadonlyMap<string, readonly number[]>,
    private readonly layers: readonly number[],
    private readonly options: CrvSaveOptions,
  ) {}

  /**
   * Creates a temporary file beside `path`, with everything but the hidden states.
   * @throws {@link InputError} `NO_CRVS`, `LAYER_OUT_OF_RANGE`, `METADATA_KEY`; {@link TensorFileError} `TENSOR_NAME`
   * for a name used twice, `NOT_WRITABLE`, `DISK_FULL`, `HEADER_TOO_LARGE`.
   */
  static async create(path: string, options: CrvWriterOptions): Promise<CrvWriter> {
    const { entries, model } = options
    const layers = [...new Set(options.layers)].sort((a, b) => a - b)
    checkOptions(options, layers)
    const writer = await SafetensorsWriter.create(path, {
      tensors: tensorsOf(options, layers),
      metadata: {
        format: CRV_FORMAT,
        version: CRV_VERSION,
        model: model.name,
        architecture: model.architecture,
        hiddenSize: `${model.hiddenSize}`,
        layerCount: `${model.layerCount}`,
        layers: layers.join(','),
        ...options.metadata,
      },
    })
    try {
      for (const { name, tokens } of entries) await writer.write(tokensTensor(name), Int32Array.from(tokens))
    } catch (error) {
      await writer.abort()
      throw error
    }
    const tokens = new Map(entries.map((entry) => [entry.name, entry.tokens]))
    return new CrvWriter(writer, tokens, layers, options)
  }

  /**
   * Writes one CRV, in any order; layers beyond those announced are left out.
   * @throws {@link InputError} `CRV_NOT_ANNOUNCED`, `CRV_MODEL` for another hidden size, `CRV_TOKENS` for other
   * tokens, `LAYER_NOT_CAPTURED`, `F16_RANGE`; {@link TensorFileError} `TENSOR_NAME` for a second time, `DISK_FULL`,
   * `NOT_WRITABLE`.
   */
  async write(name: string, crv: Crv): Promise<void> {
    this.#check(name, crv)
    for (const layer of this.layers) {
      const values = crv.at(layer)
      await this.writer.write(
        layerTensor(name, layer),
        this.options.type === 'f16' ? toHalf(values, name, layer) : values,
      )
    }
  }

  /**
   * Gives the file its name, once every CRV is written. On failure nothing is left behind.
   * @throws {@link TensorFileError} `TENSORS_MISSING`, `NOT_WRITABLE`, `DISK_FULL`.
   */
  close(): Promise<void> {
    return this.writer.close()
  }

  /** Gives up: removes what was written. A file that was there before stays as it was. */
  abort(): Promise<void> {
    return this.writer.abort()
  }

  #check(name: string, crv: Crv): void {
    const tokens = this.tokens.get(name)
    const { model } = this.options
    if (!tokens)
      throw new InputError(
        'CRV_NOT_ANNOUNCED',
        `'${name}' is not among the entries given to create().`,
        'Name every CRV there.',
      )
    if (crv.hiddenSize !== model.hiddenSize)
      throw new InputError(
        'CRV_MODEL',
        `The CRV '${name}' has the hidden size ${crv.hiddenSize}; the model '${model.name}' has ${model.hiddenSize}.`,
        'Give the model that captured it.',
      )
    if (tokens.length !== crv.tokenCount || tokens.some((token, i) => token !== crv.tokens[i]))
      throw new InputError(
        'CRV_TOKENS',
        `The CRV '${name}' is of ${crv.tokenCount} tokens that differ from the ${tokens.length} given to create().`,
        'Capture the tokens that you announced.',
      )
  }
}

/** Tokens first: their larger elements keep F16 tensors from misaligning them. */
function tensorsOf({ entries, model, type }: CrvWriterOptions, layers: readonly number[]): TensorSpec[] {
  const dtype = type === 'f16' ? 'F16' : 'F32'
  const tokens = entries.map(({ name, tokens }): TensorSpec => ({
    name: tokensTensor(name),
    dtype: 'I32',
    shape: [tokens.length],
  }))
  const states = entries.flatMap(({ name, tokens }) =>
    layers.map((layer): TensorSpec => ({
      name: layerTensor(name, layer),
      dtype,
      shape: [tokens.length, model.hiddenSize],
    })),
  )
  return [...tokens, ...states]
}

function checkOptions({ entries, model, metadata = {} }: CrvWriterOptions, layers: readonly number[]): void {
  if (entries.length === 0 || layers.length === 0 || entries.some(({ tokens }) => tokens.length === 0))
    throw new InputError(
      'NO_CRVS',
      `There is nothing to save: ${entries.length} CRVs of ${layers.length} layers${entries.length > 0 && layers.length > 0 ? ', one without tokens' : ''}.`,
      'Give at least one CRV with a token and a layer.',
    )
  for (const layer of layers)
    if (!Number.isInteger(layer) || layer < 0 || layer >= model.layerCount)
      throw new InputError(
        'LAYER_OUT_OF_RANGE',
        `Layer ${layer} is not one of the model's ${model.layerCount} layers.`,
        `Give layers from 0 to ${model.layerCount - 1}.`,
      )
  for (const [key, value] of Object.entries(metadata))
    if (typeof value !== 'string' || (reservedKeys as readonly string[]).includes(key))
      throw new InputError(
        'METADATA_KEY',
        `The metadata '${key}' cannot be kept: the file uses ${reservedKeys.join(', ')} itself, and values are strings.`,
        'Take another key, and a string.',
      )
}

/** @throws {@link InputError} `F16_RANGE`: better than hidden states that silently became infinite. */
function toHalf(values: Float32Array, name: string, layer: number): Uint16Array {
  const half = loadAddon().toHalf(values)
  const isInfinite = half.includes(0x7c00) || half.includes(0xfc00)
  if (isInfinite && !values.includes(Infinity) && !values.includes(-Infinity))
    throw new InputError(
      'F16_RANGE',
      `Layer ${layer} of '${name}' has values beyond ±65504, the largest that F16 holds.`,
      "Save it with type: 'f32'.",
    )
  return half
}
