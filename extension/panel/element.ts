// Making elements: text is set as text, never as HTML.

export function element(name: string, kind: string, ...content: (Node | string)[]): HTMLElement {
  const made = document.createElement(name);
  made.className = kind;
  made.append(...content);
  return made;
}

export function button(text: string, press: () => void, disabled = false, label = text): HTMLButtonElement {
  const made = document.createElement("button");
  made.textContent = text;
  made.ariaLabel = label;
  made.disabled = disabled;
  made.addEventListener("click", press);
  return made;
}
