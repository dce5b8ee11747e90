import { expect } from 'vitest'
import type { Locator } from 'playwright-core'

/** What plotly.js keeps at the element that it draws into. */
interface Drawn extends HTMLElement {
  readonly calcdata: readonly (readonly unknown[])[]
}

/** What points, bars, boxes and heat maps are drawn with. */
const MARKS = ':is(.scatterlayer, .barlayer, .boxlayer) path, .heatmaplayer image'

/** The figures of a part of the page are drawn: so many, none without marks. */
export async function expectFigures(part: Locator, count: number): Promise<void> {
  const figures = part.locator('.js-plotly-plot')
  await figures
    .nth(count - 1)
    .locator('.main-svg')
    .first()
    .waitFor()
  expect(await figures.count()).toBe(count)
  for (const figure of await figures.all()) {
    const marks = figure.locator(MARKS)
    await marks.first().waitFor({ state: 'attached' })
    const points = await figure.evaluate((place) => (place as Drawn).calcdata.map((trace) => trace.length))
    expect(Math.min(...points), await figure.innerText()).toBeGreaterThan(0)
    expect(await clippedTexts(figure)).toEqual([])
  }
}

/** Titles, ticks and entries of the legend that stick out of the figure. */
async function clippedTexts(figure: Locator): Promise<string[]> {
  return figure.evaluate((place) => {
    const frame = place.getBoundingClientRect()
    return Array.from(place.querySelectorAll('.main-svg text'))
      .filter((text) => {
        const box = text.getBoundingClientRect()
        const sticksOut =
          box.left < frame.left - 1 ||
          box.right > frame.right + 1 ||
          box.top < frame.top - 1 ||
          box.bottom > frame.bottom + 1
        return box.width > 0 && sticksOut
      })
      .map((text) => text.textContent ?? '')
  })
}
