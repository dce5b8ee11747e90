export class Session {
  private constructor()
  /** Tells what there is. */
  help(topic?: string): string
  readonly model: { readonly layerCount: number }
  /** Captures hidden states. */
  capture(text: string): Promise<number>
  untilAborted(): Promise<void>
  generate(options: { onToken: () => void }): Promise<string>
  showProgress(): Promise<void>
  close(): Promise<void>
}
export function createSession(options?: { model?: string }): Promise<Session>
export function sessionCount(): number
export class Hidden {
  reveal(): number
}
