import {
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs'
import { readGgufHeader } from '../../src/engine/gguf/read.js'
import { embeddedModelPath } from '../../src/session/open-model.js'
import { join } from 'node:path'
import { cacheFolder } from './cache-folder.js'

const BYTES = 2 // F16

/**
 * Path of a copy of the embedded model that never ends a generation, so that token counts are as asked for: the rows
 * of its control tokens (the last ones of the vocabulary, from BOS on) are zero in the embedding, which is the output
 * head too, and a logit of 0 is never the best.
 */
export async function endlessEmbeddedModel(): Promise<string> {
  const original = embeddedModelPath()
  const { fingerprint, metadata, tensors, dataOffset } = await readGgufHeader(original)
  const folder = cacheFolder()
  const written = Math.round(statSync(original).mtimeMs)
  const path = join(folder, `embedded-endless-${fingerprint.slice(0, 12)}-${written}.gguf`)
  if (existsSync(path)) return path
  const embedding = tensors.find(({ name }) => name === 'token_embd.weight')!
  const [hidden, vocabulary] = embedding.dimensions as [number, number]
  const first = Number(metadata.get('tokenizer.ggml.bos_token_id'))
  mkdirSync(folder, { recursive: true })
  const partial = `${path}.${process.pid}.part`
  copyFileSync(original, partial)
  const file = openSync(partial, 'r+')
  const zeros = Buffer.alloc((vocabulary - first) * hidden * BYTES)
  writeSync(file, zeros, 0, zeros.length, dataOffset + embedding.offset + first * hidden * BYTES)
  closeSync(file)
  renameSync(partial, path)
  return path
}
