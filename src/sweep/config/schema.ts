import { z } from 'zod'
import { LARGEST_SEED } from '../../engine/index.js'
import { armSpec, decodePositions, depth, layer, promptTemplate, slice } from './arm-schema.js'
import type { StudyConfig } from './study-config.js'

const text = z.string().min(1)
const count = z.int().min(1)

const model = z
  .union([text, z.record(z.string().regex(/^[\w-][\w.-]*$/), text)])
  .describe(
    "'embedded', the path of a GGUF, or a URI of node-llama-cpp (hf:user/repository:Q4_K_M). Or name → model: each is swept into a study of its own, the folder of that name in `study`. Default: embedded.",
  )

const session = z
  .strictObject({
    contextSize: count
      .optional()
      .describe(
        'Longest sequence (context, prompt and new tokens), in tokens. Determines results. Default: the model’s own, at most 8192.',
      ),
    flashAttention: z
      .boolean()
      .optional()
      .describe(
        'Determines results. Default: true, but false for models under 64 MB on the CPU, where it is slower.',
      ),
    cacheType: z
      .enum(['f16', 'f32'])
      .optional()
      .describe('Numbers in which keys and values are kept. Determines results. Default: f16.'),
    exact: z
      .boolean()
      .optional()
      .describe(
        'One sequence at a time, so that results are the same to the last bit whatever else runs. Determines results. Default: false.',
      ),
    gpu: z
      .union([z.enum(['auto', 'cuda', 'metal', 'vulkan']), z.literal(false)])
      .optional()
      .describe('The accelerator; false: none. Not part of what makes studies comparable. Default: auto.'),
    threads: z
      .int()
      .min(1)
      .max(512)
      .optional()
      .describe('Threads for the CPU’s part of the work. Not part of what makes studies comparable.'),
  })
  .describe('How the model is opened.')

const columns = z
  .strictObject({
    task_id: text.optional().describe('The file’s name for the number of a problem.'),
    text: text.optional().describe('The file’s name for what is asked.'),
    code: text.optional().describe('The file’s name for the reference solution.'),
    test_list: text.optional().describe('The file’s name for the tests.'),
    test_setup_code: text.optional().describe('The file’s name for what runs before the tests.'),
    challenge_test_list: text.optional().describe('The file’s name for the further tests.'),
  })
  .describe('What a file of yours calls its fields, where it differs from MBPP.')

const problems = z
  .union([
    text,
    z.strictObject({
      source: text
        .optional()
        .describe(
          'embedded, mbpp, mbpp-sanitized, humaneval, or the path of a .json, .jsonl or .csv file. Default: embedded.',
        ),
      range: z
        .tuple([z.int(), z.int()])
        .optional()
        .describe('First and last task_id, both included: [11, 510] is MBPP’s test split.'),
      taskIds: z.array(z.int()).min(1).optional().describe('These problems only, by their task_id.'),
      limit: count.optional().describe('At most this many problems, from the start of what is left.'),
      columns: columns.optional(),
      sha256: z
        .string()
        .regex(/^[0-9a-fA-F]{64}$/)
        .optional()
        .describe('The SHA-256 (hexadecimal) that the file or download must have, to pin a set for good.'),
    }),
  ])
  .describe('The problems: a set’s name or a file’s path, or which of them. Default: embedded.')

const context = z
  .union([
    z.enum(['thought', 'reference']),
    z.strictObject({
      file: text.describe('A JSONL file with `task_id` and `context` on each line.'),
    }),
  ])
  .describe(
    'What is captured and injected: thought (default), what the model thinks of the problem; reference, the reference contexts of the embedded problems; or contexts from a file.',
  )

const grid = z
  .strictObject({
    inject: z
      .union([z.literal('all'), z.array(depth).min(1)])
      .optional()
      .describe('Injection layers. Default: all, the original and every decoder layer.'),
    capture: z
      .union([z.literal('all'), z.array(z.union([layer, z.literal('same')])).min(1)])
      .optional()
      .describe('Capture layers; same (default): the injection layer.'),
    window: z
      .array(z.union([count, z.literal('all')]))
      .min(1)
      .optional()
      .describe(
        'How many layers see the CRV, from the injection layer on; all (default): all that are left.',
      ),
    slice: z
      .array(z.union([z.literal('all'), slice]))
      .min(1)
      .optional()
      .describe('Which tokens of the context are injected; all (default).'),
    decodePositions: z
      .array(decodePositions)
      .min(1)
      .optional()
      .describe('Several of: recomputed (default), released.'),
    temperature: z
      .array(z.number().min(0))
      .min(1)
      .optional()
      .describe('Temperatures of generation. Default: that of the study.'),
    prompt: z
      .record(z.string(), z.union([z.literal('default'), promptTemplate]))
      .optional()
      .describe('Name → prompt of the generation; default: that of the study.'),
  })
  .describe('Axes whose combinations are arms, each named by what it does.')

/** The configuration of a study, as people write it. */
export const studyConfig = z
  .strictObject({
    version: z.literal(1).describe('The version of this form. Now: 1.'),
    model: model.optional(),
    session: session.optional(),
    prompts: z
      .strictObject({
        thinking: text.optional().describe('Template file of the thinking stage. Default: ours.'),
        generation: text.optional().describe('Template file of the generation stage. Default: ours.'),
      })
      .optional()
      .describe('Template files that replace ours (data/prompts/).'),
    problems: problems.optional(),
    context: context.optional(),
    layers: z
      .union([z.literal('all'), z.array(depth).min(1)])
      .optional()
      .describe(
        'Injection depths: decoder layers (0-based) and original, the model without injection; all: every one. Default: all, unless there is a grid or arms.',
      ),
    mapping: z
      .union([z.enum(['described', 'released']), z.record(z.string().regex(/^\d+$/), layer)])
      .optional()
      .describe(
        'The capture layer of each of `layers`: described (default), the same layer; released, permuted as in the thesis’ released code; or injection layer → capture layer.',
      ),
    decodePositions: decodePositions.optional(),
    grid: grid.optional(),
    arms: z.array(armSpec).min(1).optional().describe('Any interventions, an arm each.'),
    samples: count
      .optional()
      .describe(
        'Samples a problem, each with a thinking of its own. More than one needs a temperature. Default: 1.',
      ),
    seed: z.int().min(0).max(LARGEST_SEED).optional().describe('All randomness follows from it. Default: 0.'),
    temperature: z
      .number()
      .min(0)
      .optional()
      .describe('Of thinking and generation. Default: 0, greedy; the thesis used 0.8.'),
    maxTokens: count.optional().describe('New tokens of a generation at most. Default: 250, as the thesis.'),
    maxThinkingTokens: count
      .optional()
      .describe('New tokens of a thinking at most. Default: 1000, as the thesis.'),
    stop: z
      .array(text)
      .optional()
      .describe(
        'Texts that end a generation. Default: the fence that closes the code, where the prompt opens one.',
      ),
    keepCrvs: z
      .union([z.boolean(), z.literal('f16')])
      .optional()
      .describe(
        'Keep the captured hidden states beside the study: true as float32, f16 at half the size. Default: false.',
      ),
    study: text
      .optional()
      .describe(
        'The folder of the study. Default: beside this file, named as it is. With several models: a folder each in it.',
      ),
  } satisfies Record<keyof StudyConfig, z.ZodType>)
  .meta({
    title: 'NIR Lab study',
    description: 'What a study does: `nir sweep FILE`. Relative paths are relative to the file.',
  }) satisfies z.ZodType<StudyConfig>
