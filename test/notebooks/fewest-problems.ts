/** With how many problems a notebook shows all that it has to show: 04 injects another problem's CRV. */
export const fewestProblems = (notebook: string): number => (notebook.startsWith('04-') ? 2 : 1)
