import { NotebookError } from '../errors.js'
import type { Notebook } from './notebook.js'

const RUNS = ['typescript', 'javascript', 'deno']

/**
 * Makes a notebook say that it is TypeScript of our kernel, where it says nothing.
 *
 * @throws NotebookError where it is of another language.
 */
export function claimLanguage(notebook: Notebook, path: string): void {
  const { kernelspec, language_info: info } = notebook.metadata as Record<
    string,
    Record<string, unknown> | undefined
  >
  const language = String(info?.['name'] ?? kernelspec?.['language'] ?? 'typescript')
  if (!RUNS.includes(language.toLowerCase())) {
    throw new NotebookError(`${path} is a notebook of ${language}.`, 'nir run takes TypeScript notebooks.')
  }
  notebook.metadata['kernelspec'] ??= {
    name: 'nir',
    display_name: 'TypeScript (NIR)',
    language: 'typescript',
  }
  notebook.metadata['language_info'] ??= {
    name: 'typescript',
    file_extension: '.ts',
    mimetype: 'text/typescript',
  }
}
