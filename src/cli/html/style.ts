/** The style of an exported page, for light and dark screens. */
export const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; }
body { font: 16px/1.55 system-ui, sans-serif; margin: 0; }
main { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
section { margin: 1rem 0; }
pre { font: 13px/1.45 ui-monospace, monospace; overflow-x: auto; margin: .4rem 0; white-space: pre-wrap; }
pre.source { background: var(--soft); border: 1px solid var(--line); border-radius: 4px; padding: .6rem .8rem;
  white-space: pre; }
pre.source::before { content: attr(data-count); float: right; opacity: .5; }
pre.stream { max-height: 30rem; overflow-y: auto; }
pre.stderr { background: #e8a33d22; padding: .4rem .8rem; }
pre.error { background: #d3302f22; padding: .6rem .8rem; }
img { max-width: 100%; }
table { border-collapse: collapse; font-size: 14px; }
th, td { border: 1px solid var(--line); padding: .2rem .6rem; }
th small { font-weight: normal; opacity: .7; }
.hljs-keyword, .hljs-built_in { color: light-dark(#8250df, #c297ff); }
.hljs-string, .hljs-regexp { color: light-dark(#0a6640, #7ee2a8); }
.hljs-number, .hljs-literal { color: light-dark(#0550ae, #79b8ff); }
.hljs-comment { color: #888; font-style: italic; }
.hljs-title { color: light-dark(#953800, #ffab70); }
`
