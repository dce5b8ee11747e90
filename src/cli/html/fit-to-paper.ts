/** Pixels of an A4 page between the margins of the style, and some less: a table's borders stay a pixel wide. */
const PAPER_WIDTH = 640
/** Of the size on screen, for what is narrow. */
const PRINTED = 0.76

/**
 * A script that makes outputs smaller on paper, each as much as its width asks for: figures are drawn with a width in
 * pixels, and of a table that is wider than the page the columns at the right would be lost.
 */
export const FIT_TO_PAPER = `<script>(() => {
  const fit = () => {
    for (const one of document.querySelectorAll('.output')) {
      const tables = [...one.querySelectorAll('table')].map((table) => table.scrollWidth);
      one.style.setProperty('--fit', Math.min(${PRINTED}, ${PAPER_WIDTH} / Math.max(one.scrollWidth, ...tables)));
    }
  };
  addEventListener('load', fit);
  addEventListener('beforeprint', fit);
})();</script>`
