import type { KernelClient } from '../../../kernel/client/kernel-client.js'

/** The first Ctrl-C interrupts the cell; the second kills the kernel. */
export class Interrupts {
  asked = false
  private readonly onSignal = (): void => {
    if (this.asked) return this.client.kill()
    this.asked = true
    this.client.interrupt().catch(() => undefined)
  }

  constructor(private readonly client: KernelClient) {
    process.on('SIGINT', this.onSignal)
    process.on('SIGTERM', this.onSignal)
  }

  dispose(): void {
    process.off('SIGINT', this.onSignal)
    process.off('SIGTERM', this.onSignal)
  }
}
