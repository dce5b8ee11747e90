/**
 * Colours that stay apart for every kind of colour vision (Okabe and Ito 2008, https://jfly.uni-koeln.de/color/).
 * They are not enough in grey: charts tell things apart by dashes, hatching or filled markers as well.
 */
export const OKABE_ITO = {
  black: '#000000',
  orange: '#E69F00',
  skyBlue: '#56B4E9',
  green: '#009E73',
  yellow: '#F0E442',
  blue: '#0072B2',
  vermilion: '#D55E00',
  purple: '#CC79A7',
  grey: '#999999',
} as const

/** What the charts share: injected arms, the original, and a light form of each for intervals. */
export const PALETTE = {
  injected: OKABE_ITO.blue,
  injectedBand: 'rgba(0, 114, 178, 0.20)',
  original: OKABE_ITO.vermilion,
  originalBand: 'rgba(213, 94, 0, 0.15)',
  background: '#FFFFFF',
  grid: '#E5E5E5',
  zero: '#444444',
} as const
