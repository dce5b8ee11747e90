/** The style of an exported page, for light and dark screens and for paper. */
export const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --faint: light-dark(#6a6f76, #9aa0a8); }
body { font: 16px/1.55 system-ui, sans-serif; margin: 0; }
main { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
section { margin: 1rem 0; }
h1, h2, h3 { line-height: 1.25; margin: 2rem 0 .6rem; }
.anchor { color: var(--faint); text-decoration: none; opacity: 0; }
:is(h1, h2, h3, h4, h5, h6):hover .anchor, .anchor:focus { opacity: 1; }
nav { border-left: 3px solid var(--line); margin: 1.5rem 0; padding-left: 1rem; font-size: 15px; }
nav ul { list-style: none; margin: .4rem 0; padding: 0; }
nav .depth-3 { padding-left: 1.2rem; }
nav a { color: inherit; }
summary { cursor: pointer; color: var(--faint); }
pre { font: 13px/1.45 ui-monospace, monospace; overflow: auto; margin: .4rem 0; white-space: pre-wrap;
  overflow-wrap: anywhere; }
:not(pre) > code { font: 14px ui-monospace, monospace; background: var(--soft); border-radius: 3px; padding: .1em .3em; }
pre.source { background: var(--soft); border: 1px solid var(--line); border-radius: 4px; padding: .6rem .8rem;
  white-space: pre; }
pre.source::before { content: attr(data-count); float: right; opacity: .5; padding-left: 1rem; }
pre.stream, pre.result { max-height: 30rem; padding: 0 .8rem; }
pre.stderr { background: #e8a33d22; padding: .4rem .8rem; }
pre.error { background: #d3302f22; padding: .6rem .8rem; }
.output { overflow-x: auto; margin: .6rem 0; }
.figure { background: #fff; color: #222; border-radius: 4px; }
img { max-width: 100%; }
.output > svg { max-width: 100%; height: auto; }
table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { border: 1px solid var(--line); padding: .2rem .6rem; }
th { background: var(--soft); }
th small { font-weight: normal; opacity: .7; }
blockquote { border-left: 3px solid var(--line); margin: 1rem 0; padding-left: 1rem; color: var(--faint); }
.hljs-keyword, .hljs-built_in { color: light-dark(#8250df, #c297ff); }
.hljs-string, .hljs-regexp { color: light-dark(#0a6640, #7ee2a8); }
.hljs-number, .hljs-literal { color: light-dark(#0550ae, #79b8ff); }
.hljs-comment { color: var(--faint); font-style: italic; }
.hljs-title { color: light-dark(#953800, #ffab70); }
.bold { font-weight: 600; } .dim { opacity: .65; } .italic { font-style: italic; } .underline { text-decoration: underline; }
.fg-0 { color: light-dark(#24292f, #8b949e); } .fg-1 { color: light-dark(#b3261e, #ff8a80); }
.fg-2 { color: light-dark(#116329, #6fdd8b); } .fg-3 { color: light-dark(#7a5200, #e3b341); }
.fg-4 { color: light-dark(#0550ae, #79b8ff); } .fg-5 { color: light-dark(#8250df, #d2a8ff); }
.fg-6 { color: light-dark(#0b6b74, #56d4dd); } .fg-7 { color: light-dark(#57606a, #e6edf3); }
.bg-0 { background: #24292f44; } .bg-1 { background: #d3302f44; } .bg-2 { background: #2da44e44; }
.bg-3 { background: #bf870044; } .bg-4 { background: #0969da44; } .bg-5 { background: #8250df44; }
.bg-6 { background: #1b7c8344; } .bg-7 { background: #6e778144; }
@page { margin: 16mm 14mm; }
@media print {
  :root { color-scheme: light; }
  body { font-size: 10.5pt; }
  main { max-width: none; margin: 0; padding: 0; }
  pre, pre.source { font-size: 8.5pt; white-space: pre-wrap; overflow: visible; }
  pre.stream, pre.result { max-height: none; }
  pre.source, pre.error, pre.stderr, th, .figure, [class^="fg-"], [class^="bg-"] { print-color-adjust: exact; }
  .output pre { font-size: 13px; }
  h1, h2, h3, caption, pre.source { break-after: avoid; }
  .figure, img, tr, pre.source { break-inside: avoid; }
  .output { overflow: visible; zoom: var(--fit, .69); }
  .output div:has(> table) { overflow: visible !important; max-height: none !important; }
  thead { display: table-header-group; }
  tfoot { display: table-row-group; }
  .anchor, nav summary, .modebar { display: none; }
}
`
