/** What is told of one thing comes close together: it is read once. */
const PAUSE_MS = 60;

/** Runs it once for several calls in a row, a moment after the first. */
export function calmly(run: () => void): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      run();
    }, PAUSE_MS);
  };
}
