import { cellId, linesOf, type Cell, type Notebook } from '../notebook/notebook.js'

/** papermill's, which looks for it too. */
const TAG = 'papermill-error-cell-tag'
const STYLE = 'style="color:red; font-family:Helvetica Neue, Helvetica, Arial, sans-serif; font-size:2em;"'

/** Takes away what {@link addErrorMarkers}, or papermill, put into a notebook. */
export function removeErrorMarkers(notebook: Notebook): void {
  notebook.cells = notebook.cells.filter((cell) => cell.metadata.tags?.includes(TAG) !== true)
}

/** Says at the top of a notebook where its run stopped, with a link to a mark before that cell, as papermill does. */
export function addErrorMarkers(notebook: Notebook, failed: Cell): void {
  const at = notebook.cells.indexOf(failed)
  const place = `In [${failed.execution_count ?? ' '}]`
  const link = `<a href="#papermill-error-cell">${place}</a>`
  notebook.cells.splice(
    at,
    0,
    marker(`<span id="papermill-error-cell" ${STYLE}>The run met an exception here and stopped:</span>`),
  )
  notebook.cells.unshift(marker(`<span ${STYLE}>An Exception was encountered at '${link}'.</span>`))
}

function marker(text: string): Cell {
  return { id: cellId(), cell_type: 'markdown', metadata: { tags: [TAG] }, source: linesOf(text) }
}
