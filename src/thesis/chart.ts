import { Figure } from '../analysis/index.js'
import { PALETTE } from '../analysis/charts/palette.js'
import { short } from '../analysis/render/numbers.js'
import type { ReproducedCell, ReproducedRow } from './reproduced-table.js'

/** How far the two points of an arm are from its line. */
const APART = 0.14

/** The published and the measured figure of every arm, the arms from top to bottom as in the tables. */
export function reproductionChart({ label, cells }: ReproducedRow): Figure {
  const measured = cells.flatMap((cell, row) =>
    cell.measured === null ? [] : [{ ...cell, row, value: cell.measured }],
  )
  const agreeing = measured.filter(({ agrees }) => agrees).length
  return new Figure({
    data: [
      {
        type: 'scatter',
        mode: 'markers',
        name: 'published',
        x: cells.map(({ published }) => published),
        y: cells.map((_, row) => row - APART),
        text: cells.map(({ arm, published }) => `<b>${arm.published}</b>, published<br>${short(published)}`),
        hovertemplate: '%{text}<extra></extra>',
        marker: {
          symbol: 'diamond',
          size: 11,
          color: PALETTE.original,
          line: { color: PALETTE.original, width: 2 },
        },
      },
      {
        type: 'scatter',
        mode: 'markers',
        name: 'measured, with its 95 % interval',
        x: measured.map(({ value }) => value),
        y: measured.map(({ row }) => row + APART),
        text: measured.map(
          ({ arm, value, count }) =>
            `<b>${arm.measured}</b>, measured<br>${short(value)}<br>${count} generations`,
        ),
        hovertemplate: '%{text}<extra></extra>',
        marker: { symbol: 'circle', size: 9, color: PALETTE.injected },
        error_x: {
          type: 'data',
          symmetric: false,
          array: measured.map(({ interval, value }) => (interval ? interval[1] - value : 0)),
          arrayminus: measured.map(({ interval, value }) => (interval ? value - interval[0] : 0)),
          color: PALETTE.injected,
          thickness: 2,
          width: 5,
        },
      },
    ],
    layout: {
      title: {
        text: `${label}: published and measured`,
        subtitle: {
          text: `the published figure lies in the interval in ${agreeing} of ${measured.length} arms`,
        },
      },
      xaxis: { title: { text: label }, gridcolor: PALETTE.grid, zeroline: false, automargin: true },
      yaxis: {
        title: { text: 'Arm (here)', standoff: 16 },
        tickmode: 'array',
        tickvals: cells.map((_, row) => row),
        ticktext: cells.map(armName),
        range: [cells.length - 0.5, -0.5],
        showgrid: false,
        zeroline: false,
        automargin: true,
      },
      height: 360,
      hovermode: 'closest',
      legend: { orientation: 'h', x: 0, y: -0.42, yanchor: 'top' },
      plot_bgcolor: PALETTE.background,
      paper_bgcolor: PALETTE.background,
    },
  })
}

function armName({ arm: { published, measured } }: ReproducedCell): string {
  return published === measured ? published : `${published} (${measured})`
}
