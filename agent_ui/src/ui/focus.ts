/** Remembers where the keys are; the function gives them back, unless they went elsewhere meanwhile. */
export function keepFocus(own: HTMLElement | null): () => void {
  const before = document.activeElement;
  own?.focus();
  return () => {
    const now = document.activeElement;
    const lost = now === null || now === document.body || own?.contains(now);
    if (lost && before instanceof HTMLElement) before.focus();
  };
}
