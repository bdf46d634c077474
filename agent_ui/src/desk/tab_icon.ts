const SIZE = 32;
const GROUND = "#24324a";
const BADGE = "#c22f27";
/** More is "9+": two signs are what a tab has room for. */
const MOST = 9;

/** The page's icon: as a file while nothing waits or a call rings, drawn with a number otherwise. */
export function tabIcon(ringing: boolean, waiting: number): string {
  if (ringing) return "/favicon-ringing.svg";
  return (waiting > 0 && drawn(waiting)) || "/favicon.svg";
}

const known = new Map<string, string>();

function drawn(waiting: number): string {
  const text = waiting > MOST ? `${MOST}+` : String(waiting);
  const found = known.get(text) ?? draw(text);
  known.set(text, found);
  return found;
}

/** A data URL, or "" where nothing can be drawn. */
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
