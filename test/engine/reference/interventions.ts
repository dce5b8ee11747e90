/** A CRV of the reference: the matrix at the input of each layer, one array a row. */
export interface ReferenceCrv {
  readonly tokenCount: number
  /** `layers[k][row]`: hidden state at the input of decoder layer k. */
  readonly layers: readonly (readonly Float64Array[])[]
}

export type Positions = 'all' | 'prompt' | 'generated' | readonly number[]

export interface ReferenceInjection {
  readonly crv: ReferenceCrv
  readonly layer: number
  readonly from?: number | undefined
  readonly until?: number | undefined
  readonly decodePositions?: 'recomputed' | 'released' | undefined
}

export interface ReferenceSteering {
  readonly vector: ArrayLike<number>
  readonly layer: number
  readonly scale?: number | undefined
  readonly positions?: Positions | undefined
}

export interface ReferenceReplacement {
  readonly by: 'zero' | ArrayLike<number>
  readonly layer: number
  readonly positions?: Positions | undefined
}

export interface ReferenceInterventions {
  readonly injections?: readonly ReferenceInjection[] | undefined
  readonly steering?: readonly ReferenceSteering[] | undefined
  readonly replacements?: readonly ReferenceReplacement[] | undefined
}

/** The rows `start` to `end` (exclusive) of every matrix. */
export function sliceCrv(crv: ReferenceCrv, start: number, end: number): ReferenceCrv {
  return { tokenCount: end - start, layers: crv.layers.map((rows) => rows.slice(start, end)) }
}

/**
 * Which place a token has among the positions of an edit: for a list, the place in it; else 0 for a chosen token.
 * Tokens are counted from the first prompt token; negative positions from the prompt's end.
 * @returns -1 for a token that is not chosen.
 */
export function placeAmong(positions: Positions | undefined, token: number, promptLength: number): number {
  switch (positions ?? 'all') {
    case 'all':
      return 0
    case 'prompt':
      return token < promptLength ? 0 : -1
    case 'generated':
      return token >= promptLength ? 0 : -1
    default:
      return (positions as readonly number[]).findIndex(
        (position) => (position < 0 ? promptLength + position : position) === token,
      )
  }
}
