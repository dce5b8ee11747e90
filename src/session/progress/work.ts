import { basename } from 'node:path'
// Not the room's index: nir doctor comes by here where packages are missing.
import { depthSketch } from '../../analysis/charts/depth-sketch.js'
import type { CaptureProgress } from '../../engine/index.js'
import type { SweepProgress } from '../../sweep/index.js'
import { inCell } from './in-cell.js'
import { captureLine, downloadLine, progressLine, loadLine } from './lines.js'

/** Shows how far a sweep is in the running cell, with its depth curve as it grows; undefined: there is no cell. */
export function sweepInCell(): ((progress: SweepProgress) => void) | undefined {
  const show = inCell()
  return (
    show &&
    ((progress) => {
      const bundle = () => {
        const line = progressLine(progress)
        const sketch = depthSketch(progress.records)
        return { 'text/plain': line, ...(sketch && { 'text/html': `<div>${line}</div>${sketch}` }) }
      }
      show(bundle, progress.done === progress.total)
    })
  )
}

/** Shows how far a capture to a file is. */
export function captureInCell(): ((progress: CaptureProgress) => void) | undefined {
  const show = inCell()
  return (
    show &&
    ((progress) => {
      show(() => ({ 'text/plain': captureLine(progress) }), progress.done === progress.total)
    })
  )
}

/** Shows how far the loading of a model is. */
export function loadInCell(path: string): ((share: number) => void) | undefined {
  const show = inCell()
  const startedAt = performance.now()
  return (
    show &&
    ((share) => {
      const line = () => loadLine(basename(path), share, performance.now() - startedAt)
      show(() => ({ 'text/plain': line() }), share >= 1)
    })
  )
}

/** Shows how far the download of a model is. */
export function downloadInCell(
  model: string,
): ((status: { totalSize: number; downloadedSize: number }) => void) | undefined {
  const show = inCell()
  const startedAt = performance.now()
  return (
    show &&
    (({ totalSize, downloadedSize }) => {
      const line = () => downloadLine(model, downloadedSize, totalSize, performance.now() - startedAt)
      show(() => ({ 'text/plain': line() }), downloadedSize >= totalSize)
    })
  )
}
