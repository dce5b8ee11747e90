import { z } from 'zod'

/** A decoder layer. */
export const layer = z.int().min(0).describe('A decoder layer, 0-based.')

/** A decoder layer, or the model without injection. */
export const depth = z.union([layer, z.literal('original')])

/** See InjectionSpec.slice. */
export const slice = z
  .union([z.tuple([z.int()]), z.tuple([z.int(), z.int()])], { error: 'one or two whole numbers' })
  .describe(
    'As Array.prototype.slice counts: [8] all tokens but the first eight, [0, 32] the first 32, [-8] the last eight.',
  )

export const decodePositions = z
  .enum(['recomputed', 'released'])
  .describe(
    'RoPE positions of generated tokens in the layers that see the CRV: recomputed (default), or released, as many positions too early as the CRV has rows, as in the thesis’ released code.',
  )

export const promptTemplate = z
  .strictObject({
    user: z.string().describe('The user turn; holds {{problem}} and {{tests}}.'),
    assistant: z.string().describe('How the assistant’s turn is opened; may be empty.'),
  })
  .describe('A prompt.')

const positions = z
  .union([z.enum(['all', 'prompt', 'generated']), z.array(z.int()).min(1)])
  .describe(
    'Token positions: all (default), those of the prompt or the generation, or a list; negative ones count from the prompt’s end.',
  )

const from = layer.describe('The capture layer. Default: the same layer.')

const injection = z
  .strictObject({
    layer: layer.describe('The injection layer: it and those above see the CRV.'),
    from: from.optional(),
    until: layer
      .optional()
      .describe('At the input of this layer the rows are taken away again. Default: they stay to the end.'),
    slice: slice.optional(),
    decodePositions: decodePositions.optional(),
  })
  .describe('The context’s hidden states of one layer, injected at one layer.')

const steering = z
  .strictObject({
    layer,
    vector: z
      .union([z.literal('mean'), z.array(z.number()).min(1)])
      .describe(
        'mean: of the context’s hidden states over its tokens; or as many numbers as the hidden size.',
      ),
    from: from.optional(),
    scale: z.number().optional().describe('Default: 1.'),
    positions: positions.optional(),
  })
  .describe('A vector added to the input of a decoder layer.')

const replacement = z
  .strictObject({
    layer,
    by: z
      .union([z.enum(['zero', 'mean']), z.array(z.number()).min(1)])
      .describe('zero, mean of the context’s hidden states, or as many numbers as the hidden size.'),
    from: from.optional(),
    positions: positions.optional(),
  })
  .describe('The input of a decoder layer, replaced.')

/** See ArmSpec. */
export const armSpec = z
  .strictObject({
    name: z.string().min(1).optional().describe('Default: what the arm does, such as "layer 3 from 8".'),
    injections: z.array(injection).optional().describe('CRVs injected, at one layer or several.'),
    steering: z.array(steering).optional().describe('Vectors added.'),
    replacements: z.array(replacement).optional().describe('Layer inputs replaced (ablations).'),
    temperature: z.number().min(0).optional().describe('Of this arm’s generation. Default: the study’s.'),
    prompt: promptTemplate
      .extend({ name: z.string().min(1).describe('Stands in the arm’s name.') })
      .optional()
      .describe('The prompt of this arm’s generation. Default: the study’s.'),
  })
  .describe('An arm; without any intervention, the original.')
