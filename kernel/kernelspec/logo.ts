/** The kernel's picture in Jupyter's launcher: hidden states that enter a stack of layers. */
export const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
<rect width="64" height="64" rx="10" fill="#0b3c5d"/>
<g fill="#fff"><rect x="26" y="12" width="28" height="7" rx="2"/><rect x="26" y="23" width="28" height="7" rx="2"/>
<rect x="26" y="34" width="28" height="7" rx="2" fill="#e69f00"/><rect x="26" y="45" width="28" height="7" rx="2"/></g>
<path d="M8 37.5h11m-4-4.5 5 4.5-5 4.5" fill="none" stroke="#e69f00" stroke-width="3"/>
</svg>
`
