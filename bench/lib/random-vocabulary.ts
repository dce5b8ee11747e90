import type { MetadataValue } from './gguf-writer.js'

const CONTROL = ['<unk>', '<s>', '</s>'] as const
const NORMAL_TYPE = 1
const UNKNOWN_TYPE = 2
const CONTROL_TYPE = 3
const BYTE_TYPE = 6

/** The first tokens: unknown, begin, end. */
export const CONTROL_TOKENS = CONTROL.length

/**
 * A SentencePiece vocabulary of made-up pieces (`▁`, `▁a`, `a`, `▁b`, …, `▁aa`, `aa`, …), so that llama.cpp's own
 * tools, which want one, load the model too. All bytes have a token: every text can be tokenized.
 */
export function randomVocabulary(size: number): Record<string, MetadataValue> {
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${hex(byte)}>`)
  const tokens: string[] = [...CONTROL, ...bytes, '▁']
  for (let index = 1; tokens.length < size; index++) tokens.push(`▁${letters(index)}`, letters(index))
  tokens.length = size
  const firstPiece = CONTROL_TOKENS + bytes.length
  return {
    'tokenizer.ggml.model': 'llama',
    'tokenizer.ggml.tokens': { strings: tokens },
    'tokenizer.ggml.scores': { floats: Float32Array.from(tokens, (_, id) => Math.min(0, firstPiece - id)) },
    'tokenizer.ggml.token_type': {
      integers: Int32Array.from(tokens, (_, id) => {
        if (id === 0) return UNKNOWN_TYPE
        if (id < CONTROL_TOKENS) return CONTROL_TYPE
        return id < firstPiece ? BYTE_TYPE : NORMAL_TYPE
      }),
    },
    'tokenizer.ggml.unknown_token_id': 0,
    'tokenizer.ggml.bos_token_id': 1,
    'tokenizer.ggml.eos_token_id': 2,
  }
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0')
}

/** 1 → a, 26 → z, 27 → aa, as spreadsheets name columns. */
function letters(index: number): string {
  let text = ''
  for (let rest = index; rest > 0; rest = Math.floor((rest - 1) / 26))
    text = String.fromCharCode(97 + ((rest - 1) % 26)) + text
  return text
}
