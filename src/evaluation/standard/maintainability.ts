/**
 * Maintainability index, 0–100, as radon computes it (the formula of Visual Studio with the comment term of
 * Coleman and Oman).
 *
 * @param volume Halstead's volume
 * @param complexity total cyclomatic complexity
 * @param lloc logical lines
 * @param commentPercent comment lines and multi-line strings per 100 source lines
 */
export function maintainabilityIndex(
  volume: number,
  complexity: number,
  lloc: number,
  commentPercent: number,
): number {
  if (volume <= 0 || lloc <= 0) return 100
  const comments = Math.sqrt(2.46 * ((commentPercent * Math.PI) / 180))
  const index =
    171 - 5.2 * Math.log(volume) - 0.23 * complexity - 16.2 * Math.log(lloc) + 50 * Math.sin(comments)
  return Math.min(Math.max(0, (index * 100) / 171), 100)
}
