/** A window that is covered or put away shows no frames: what waits for one does not wait for ever. */
const NO_FRAME_MS = 100;

/**
 * Runs when what is drawn now has been shown, and keys pressed meanwhile were heard: in the frame
 * after the next. At once in a hidden page, which shows nothing. Returns how to call it off.
 */
export function afterPaint(run: () => void): () => void {
  if (document.hidden) {
    run();
    return () => undefined;
  }
  const callOff = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
  const now = () => {
    callOff();
    run();
  };
  let frame = requestAnimationFrame(() => {
    frame = requestAnimationFrame(now);
  });
  const timer = setTimeout(now, NO_FRAME_MS);
  return callOff;
}
