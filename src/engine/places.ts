import { SEQUENCES } from './decoder.js'

/** Which sequences of the cache are taken, and how many of its cells are promised to them. */
export class Places {
  readonly #free = Array.from({ length: SEQUENCES }, (_, index) => SEQUENCES - 1 - index)
  #usedCells = 0

  get usedCells(): number {
    return this.#usedCells
  }

  get usedSequences(): number {
    return SEQUENCES - this.#free.length
  }

  /** @returns a free sequence; there must be one. */
  take(cells: number): number {
    this.#usedCells += cells
    return this.#free.pop()!
  }

  free(sequence: number, cells: number): void {
    this.#free.push(sequence)
    this.#usedCells -= cells
  }
}
