import { inspect } from 'node:util'
import { generationCaption, type GenerationLike } from '../../text/generation-caption.js'
import { jsdiff } from './jsdiff.js'
import { jupyterDisplay, type TableBundle } from '../render/display.js'
import { diffToHtml } from './diff-to-html.js'
import { linePairs } from './line-pairs.js'

/** What two arms wrote, compared. See {@link diffArms}. */
export class ArmDiff {
  /** @internal */
  constructor(
    readonly before: GenerationLike,
    readonly after: GenerationLike,
  ) {}

  /** Did both write the same? Line ends apart. */
  get same(): boolean {
    return codeOf(this.before) === codeOf(this.after)
  }

  /** A unified diff; of two that are the same, only the heads. */
  toText(): string {
    const [before, after] = [this.before, this.after].map(generationCaption) as [string, string]
    if (this.same) return `--- ${before}\n+++ ${after}\nBoth are the same.`
    const [from, to] = [this.before, this.after].map((one) => codeOf(one) && `${codeOf(one)}\n`) as [
      string,
      string,
    ]
    const patch = jsdiff().createTwoFilesPatch('', '', from, to)
    // The heads are ours: jsdiff would quote them.
    return `--- ${before}\n+++ ${after}\n${patch.slice(patch.indexOf('@@')).trimEnd()}`
  }

  /** Both beside each other, changed lines and words marked, highlighted as Python, escaped. */
  toHTML(): string {
    const [before, after] = [this.before, this.after].map((generation) => ({
      caption: generationCaption(generation),
      code: codeOf(generation),
    })) as [Side, Side]
    return diffToHtml(before, after, linePairs(before.code.split('\n'), after.code.split('\n')))
  }

  /** For a notebook. */
  [jupyterDisplay](): TableBundle {
    return { 'text/html': this.toHTML(), 'text/plain': this.toText() }
  }

  /** For `console.log`. */
  [inspect.custom](): string {
    return this.toText()
  }
}

type Side = Parameters<typeof diffToHtml>[0]

/**
 * Compares what two arms wrote. A notebook shows both beside each other, with outcome and figures of records in the heads; a
 * console shows a unified diff.
 *
 * @param before - a generation, or a record of a sweep
 * @param after - another
 * @example
 * const arms = [{ name: 'original' }, { name: 'layer 6', injections: [{ crv, layer: 6 }] }]
 * const [original, layer6] = await nir.generateArms(nir.prompt(problem), arms)
 * diffArms(original, layer6)
 */
export function diffArms(before: GenerationLike, after: GenerationLike): ArmDiff {
  return new ArmDiff(before, after)
}

function codeOf({ text }: GenerationLike): string {
  return text.replaceAll('\r\n', '\n').trimEnd()
}
