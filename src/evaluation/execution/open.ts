import type { ProgramRunner } from './runner.js'

export async function openRunner(
  _sandbox: false | { readonly workers?: number },
  _allowUnsandboxed: boolean,
): Promise<{ runner: ProgramRunner | null; reasons: string[] }> {
  return { runner: null, reasons: [] }
}
