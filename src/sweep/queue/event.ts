/** Something that whoever looks after a sweep wants to know; a line of a log. Holds no secret. */
export interface QueueEvent {
  readonly level: 'info' | 'warn'
  readonly event: string
  readonly message: string
  /** Numbers and names that programs want. */
  readonly details?: Readonly<Record<string, string | number>>
}

export type Report = (event: QueueEvent) => void
