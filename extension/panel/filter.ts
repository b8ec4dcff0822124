// The box that filters rows: it stays the same element while the page is written anew around it.

/** Milliseconds without a key until rows are filtered. */
const PAUSE = 250;

export function makeFilter(wanted: (text: string) => void): HTMLInputElement {
  const box = document.createElement("input");
  box.type = "search";
  box.placeholder = "Filter rows";
  box.ariaLabel = "Filter rows";
  let waiting = 0;
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(() => wanted(box.value.trim()), PAUSE);
  });
  return box;
}
