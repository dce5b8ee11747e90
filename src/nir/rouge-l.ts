import { longestCommonSubsequence } from './longest-common-subsequence.js'

/**
 * ROUGE-L F1 of two token sequences: the harmonic mean of the shares of each that their longest common subsequence
 * covers, from 0 to 1 (1: they are the same). Symmetric. Two empty sequences: 1.
 *
 * Lin, "ROUGE: A Package for Automatic Evaluation of Summaries", ACL Workshop Text Summarization Branches Out (2004),
 * section 3.1 with β = 1, on the model's tokens in place of words.
 */
export function rougeL(a: readonly number[], b: readonly number[]): number {
  if (a.length + b.length === 0) return 1
  return (2 * longestCommonSubsequence(a, b)) / (a.length + b.length)
}
