import { useSignal } from "@preact/signals";
import { useDesk } from "../desk/context";
import { t } from "../i18n";
import { useClose } from "../ui/popover";
import { deviceName } from "./identity";
import "./panels.css";

type Family = "chrome" | "firefox" | "safari";

/** Edge and Opera keep it where Chrome does. */
export function familyOf(userAgent: string): Family {
  if (/Firefox\//.test(userAgent)) return "firefox";
  return /Safari\//.test(userAgent) && !/Chrome\//.test(userAgent) ? "safari" : "chrome";
}

/** How to allow the microphone in this browser, in words and a picture. */
export function MicrophoneHelp() {
  const desk = useDesk();
  const close = useClose();
  const still = useSignal(false);
  const family = familyOf(navigator.userAgent);
  const [browser = ""] = deviceName(navigator.userAgent).split(", ");
  const again = async () => {
    const phone = desk.phone.peek();
    await phone.prepare();
    still.value = phone.microphone.peek() !== "allowed";
    if (!still.value) close();
  };
  return (
    <div class="mic-help" data-testid="mic-help-panel" data-family={family}>
      <h2>{t("mic_help.title")}</h2>
      <Picture family={family} name={browser} />
      <ol>
        <li>{t(`mic_help.${family}_1`)}</li>
        <li>{t(`mic_help.${family}_2`)}</li>
      </ol>
      <button
        type="button"
        class="button primary"
        data-testid="mic-again"
        onClick={() => void again()}
      >
        {t("mic_help.again")}
      </button>
      <p class="hint" role="status">
        {still.value && t("mic_help.still")}
      </p>
    </div>
  );
}

/** The top of a browser window, the place to click ringed. */
function Picture({ family, name }: { family: Family; name: string }) {
  const label = t("mic_help.picture", { name });
  return (
    <svg class="mic-picture" viewBox="0 0 320 120" role="img" aria-label={label}>
      <rect class="pic-window" x="1" y="1" width="318" height="118" rx="8" />
      <rect
        class="pic-bar"
        x={family === "safari" ? 60 : 36}
        y="10"
        width="250"
        height="26"
        rx="13"
      />
      {family === "chrome" && <ChromePicture />}
      {family === "firefox" && <FirefoxPicture />}
      {family === "safari" && <SafariPicture />}
    </svg>
  );
}

function Ring({ x, y }: { x: number; y: number }) {
  return <circle class="pic-ring" cx={x} cy={y} r="15" />;
}

function Microphone({ x, y, crossed = false }: { x: number; y: number; crossed?: boolean }) {
  return (
    <g class="pic-line" transform={`translate(${x - 8} ${y - 8})`}>
      <path d="M8 2a2 2 0 0 0-2 2v3.500a2 2 0 0 0 4 0V4a2 2 0 0 0-2-2ZM3.8 7.500a4.2 4.2 0 0 0 8.4 0M8 11.700V14" />
      {crossed && <path d="M2.500 2.500l11 11" />}
    </g>
  );
}

function ChromePicture() {
  return (
    <>
      <g class="pic-line">
        <path d="M46 19h6M58 19h4M46 27h3M55 27h7" />
        <circle cx="55" cy="19" r="2.500" />
        <circle cx="52" cy="27" r="2.500" />
      </g>
      <Ring x={54} y={23} />
      <rect class="pic-card" x="36" y="50" width="180" height="52" rx="6" />
      <Microphone x={54} y={76} />
      <text class="pic-text" x="70" y="80">
        {t("mic_help.microphone")}
      </text>
      <rect class="pic-on" x="176" y="68" width="28" height="16" rx="8" />
      <circle class="pic-knob" cx="196" cy="76" r="6" />
    </>
  );
}

function FirefoxPicture() {
  return (
    <>
      <Microphone x={54} y={23} crossed />
      <Ring x={54} y={23} />
      <rect class="pic-card" x="36" y="50" width="220" height="52" rx="6" />
      <Microphone x={54} y={76} crossed />
      <text class="pic-text" x="70" y="80">
        {t("mic_help.microphone")}
      </text>
      <rect class="pic-off" x="160" y="65" width="84" height="22" rx="4" />
      <text class="pic-text" x="170" y="80">
        {t("mic_help.blocked")} ✕
      </text>
    </>
  );
}

function SafariPicture() {
  return (
    <>
      <text class="pic-text is-bold" x="14" y="28">
        Safari
      </text>
      <Ring x={32} y={23} />
      <rect class="pic-card" x="60" y="50" width="200" height="52" rx="6" />
      <Microphone x={78} y={76} />
      <text class="pic-text" x="94" y="80">
        {t("mic_help.microphone")}
      </text>
      <rect class="pic-on" x="186" y="65" width="62" height="22" rx="4" />
      <text class="pic-text is-on" x="196" y="80">
        {t("mic_help.allow")}
      </text>
    </>
  );
}
