/**
 * Two colours that stay apart for every kind of colour vision and in grey (Okabe and Ito 2008,
 * https://jfly.uni-koeln.de/color/), each with a light form for intervals.
 */
export const PALETTE = {
  injected: '#0072B2',
  injectedBand: 'rgba(0, 114, 178, 0.20)',
  original: '#D55E00',
  originalBand: 'rgba(213, 94, 0, 0.15)',
  background: '#FFFFFF',
  grid: '#E5E5E5',
} as const
