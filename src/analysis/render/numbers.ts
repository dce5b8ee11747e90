/** Four decimals, as the thesis prints, with a true minus sign; `signed` shows a plus as well. `–` for null. */
export function fixed(value: number | null, signed = false): string {
  return value === null ? '–' : withSign(value, Math.abs(value).toFixed(4), signed)
}

/** Four significant digits, for a tooltip. */
export function short(value: number, signed = false): string {
  return withSign(value, String(Number(Math.abs(value).toPrecision(4))), signed)
}

/** A share as a percentage with one decimal; a difference of shares (`signed`) in percentage points. */
export function percent(value: number, signed = false): string {
  return `${withSign(value, Math.abs(100 * value).toFixed(1), signed)} ${signed ? 'pp' : '%'}`
}

/** A p value: four decimals, or `< 0.0001`. */
export function formatP(p: number | null): string {
  if (p === null) return '–'
  return p < 0.0001 ? '< 0.0001' : p.toFixed(4)
}

function withSign(value: number, digits: string, signed: boolean): string {
  if (Number(digits) === 0) return digits
  return (value < 0 ? '−' : signed ? '+' : '') + digits
}
