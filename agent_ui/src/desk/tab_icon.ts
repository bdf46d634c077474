const SIZE = 32;
const GROUND = "#24324a";
const BADGE = "#c22f27";
/** More is "9+": two signs are what a tab has room for. */
const MOST = 9;

const known = new Map<string, string>();

/** The page's icon with a number: a data URL, or "" where nothing can be drawn. */
export function drawn(waiting: number): string {
  const text = waiting > MOST ? `${MOST}+` : String(waiting);
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
  pen.fillStyle = GROUND;
  pen.beginPath();
  pen.roundRect(0, 0, SIZE, SIZE, 7);
  pen.fill();
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
