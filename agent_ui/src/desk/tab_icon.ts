const SIZE = 32;
const GROUND = "#24324a";
const RINGING = "#f0a020";
const BADGE = "#c22f27";
/** The receiver of favicon.svg. */
const RECEIVER =
  "M11.2 8.2 9 9.6c-1 .7-1.2 2-.8 3.1 1.9 5 5.1 8.3 10.1 10.2 1.1.4 2.4.1 3.1-.9l1.4-2.2c.5-.8.3-1.8" +
  "-.5-2.3l-2.7-1.7c-.7-.4-1.6-.3-2.1.3l-.9 1c-2-1-3.4-2.4-4.3-4.3l1-.9c.6-.5.7-1.4.3-2.1l-1.5-2.3" +
  "c-.5-.8-1.6-1-2.4-.5Z";
/** More is "9+": two signs are what a tab has room for. */
const MOST = 9;

const known = new Map<string, string>();

/**
 * The page's icon while it rings, or with what waits: a data URL, or "" where nothing can be drawn.
 * Drawn once: a file would be asked for, and an SVG laid out, whenever a call comes and goes.
 */
export function drawn(ringing: boolean, waiting: number): string {
  const number = waiting > MOST ? `${MOST}+` : String(waiting);
  const text = ringing ? "ringing" : number;
  const found = known.get(text) ?? draw(text);
  known.set(text, found);
  return found;
}

function draw(text: string): string {
  const canvas = document.createElement("canvas");
  canvas.width = SIZE;
  canvas.height = SIZE;
  const pen = canvas.getContext("2d");
  if (pen === null) return "";
  pen.fillStyle = text === "ringing" ? RINGING : GROUND;
  pen.beginPath();
  pen.roundRect(0, 0, SIZE, SIZE, 7);
  pen.fill();
  if (text === "ringing" || text === "0") {
    pen.fillStyle = text === "ringing" ? "#1b1407" : "#ffffff";
    pen.fill(new Path2D(RECEIVER));
    return canvas.toDataURL("image/png");
  }
  pen.fillStyle = BADGE;
  pen.beginPath();
  pen.arc(SIZE / 2, SIZE / 2, 13, 0, 2 * Math.PI);
  pen.fill();
  pen.fillStyle = "#ffffff";
  pen.font = `bold ${text.length > 1 ? 16 : 20}px sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(text, SIZE / 2, SIZE / 2 + 1);
  return canvas.toDataURL("image/png");
}
