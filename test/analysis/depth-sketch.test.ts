import { expect, test } from 'vitest'
import { depthSketch } from '../../src/analysis/index.js'
import { record } from './records.js'

const heights = (svg: string) =>
  [...svg.matchAll(/<circle[^>]* cy="([^"]*)"/g)].map((match) => Number(match[1]))

test('a depth is the higher the more of it passes; the original is a line', () => {
  const records = [1, 2, 3, 4].flatMap((taskId) => [
    record({ taskId, layer: null, passed: taskId > 2 }),
    record({ taskId, layer: 0, passed: true }),
    record({ taskId, layer: 5, passed: taskId > 2 }),
    record({ taskId, layer: 9, passed: false }),
  ])
  const svg = depthSketch(records)!
  const [all, half, none] = heights(svg)
  expect(all).toBeLessThan(half!)
  expect(half! - all!).toBeCloseTo(none! - half!)
  expect(svg).toContain(`class="original" x1="40" x2="448" y1="${half}" y2="${half}"`)
})

test('where no tests are run, it is about what parses; without depths there is nothing to draw', () => {
  const untested = { passed: null, outcome: null }
  expect(depthSketch([record({ layer: 1, ...untested, parses: false })])).toContain('Parse rate')
  expect(depthSketch([record({ layer: null })])).toBeNull()
  expect(depthSketch([])).toBeNull()
})
