import { escapeHtml } from '../../text/escape-html.js'
import type { SweepRecord } from '../../sweep/record.js'
import { ordered } from '../order.js'
import type { Tabular } from '../render/tabular.js'
import { jupyterDisplay, type TableBundle } from '../render/display.js'
import type { Section } from './block.js'
import { chartsSection } from './charts.js'
import { examplesSection } from './examples.js'
import type { StudyFacts } from './facts.js'
import { reportPage } from './page.js'
import { reproduceSection } from './reproduce.js'
import { settingSection } from './setting.js'
import { statisticsSection } from './statistics.js'
import { tablesSection } from './tables.js'
import { timingsSection } from './timings.js'
import { warnings } from './warnings.js'

/** What a report is made from. */
export interface ReportContent {
  readonly facts: StudyFacts
  readonly records: readonly SweepRecord[]
  /** The thesis' tables with published and measured figures, where the study has its arms. */
  readonly published: readonly Tabular[]
}

/**
 * A report on a study: what was run, tables, charts, statistics with what they mean, timings, examples, and how to
 * reproduce it.
 *
 * @example
 * const report = await study.report()
 * console.log(report.toText())
 */
export class StudyReport {
  readonly title: string
  /** What a reader has to know before the figures, a sentence each. */
  readonly warnings: readonly string[]
  readonly #sections: readonly Section[]

  /** @internal */
  constructor({ facts, records, published }: ReportContent) {
    const sorted = ordered(records)
    this.title = `${facts.settings.model.name}: ${facts.folder.split(/[\\/]/).at(-1)!}`
    this.warnings = warnings(facts, sorted)
    this.#sections = [
      settingSection(facts, sorted),
      tablesSection(sorted, published),
      chartsSection(sorted),
      statisticsSection(sorted),
      examplesSection(facts, sorted),
      timingsSection(facts),
      reproduceSection(facts),
    ].filter((section) => section !== null)
  }

  /** For a terminal; charts are left out. */
  toText(): string {
    const sections = this.#sections.map(({ title, blocks }) =>
      [
        `${title}\n${'='.repeat(title.length)}`,
        ...blocks.map(({ text }) => text).filter((text) => text !== ''),
      ].join('\n\n'),
    )
    const head = [this.title, ...this.warnings.map((warning) => `! ${warning}`)].join('\n')
    return [head, ...sections].join('\n\n')
  }

  /** One page that needs no network and no other file. */
  toHTML(): string {
    return reportPage(this.title, this.warnings, this.#sections)
  }

  /** For a notebook: the text; the page is one of its own. */
  [jupyterDisplay](): TableBundle {
    return {
      'text/plain': this.toText(),
      'text/html': `<pre>${escapeHtml(this.toText())}</pre>`,
    }
  }
}
