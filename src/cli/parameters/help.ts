import type { CellVariable } from '../../../kernel/convert/variables.js'

/** The parameters of a notebook as a list: name, type, default and comment. */
export function describeParameters(path: string, declared: readonly CellVariable[]): string {
  if (declared.length === 0) {
    return `${path} declares no parameters: it has no cell tagged parameters with variables.`
  }
  const widest = Math.max(...declared.map(({ name }) => name.length))
  const lines = declared.map(({ name, type, value, comment }) => {
    const text = comment === '' ? '' : `   // ${comment}`
    return `  ${name.padEnd(widest)}  ${type}${value === undefined ? '' : ` = ${value}`}${text}`
  })
  return [`Parameters of ${path}:`, '', ...lines].join('\n')
}
