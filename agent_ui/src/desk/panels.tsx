import { t } from "../i18n";
import { lazy } from "../ui/lazy";
import { useAction } from "./actions";
import { useDesk } from "./context";

/** What is opened over the desk; none of it keeps anybody from answering. */
export type Panel =
  | { readonly kind: "palette" }
  | { readonly kind: "settings" }
  | { readonly kind: "keys" }
  | { readonly kind: "second" }
  /** `from`: where the keys were; a panel that gives way to the help is gone when it is drawn. */
  | { readonly kind: "help"; readonly topic?: string; readonly from?: Element | null }
  | { readonly kind: "tour" }
  | { readonly kind: "health" };

const Palette = lazy(async () => (await import("../palette/palette")).Palette);
const Settings = lazy(async () => (await import("../settings/settings")).Settings);
const KeyList = lazy(async () => (await import("../settings/key_list")).KeyList);
const SecondKeys = lazy(async () => (await import("./second_keys")).SecondKeys);
const Help = lazy(async () => (await import("../help/help")).Help);
const HealthPage = lazy(async () => (await import("../admin/health")).HealthPage);
const Tour = lazy(async () => (await import("../tour/tour")).Tour);

/** The open panel, and the keys that open each. */
export function Panels() {
  const { panel, user } = useDesk();
  useOpening("palette", "desk.palette", "Ctrl+K");
  useOpening("settings", "desk.settings", "Ctrl+,");
  useOpening("keys", "desk.keys", "Ctrl+/", "?");
  useOpening("second", "desk.second", "Ctrl+J");
  useOpening("help", "desk.help", "F1");
  useOpening("tour", "desk.tour", "");
  return (
    <>
      {user.may.includes("health.read") && <OpensHealth />}
      {drawn(panel.value)}
    </>
  );
}

function drawn(open: Panel | null) {
  switch (open?.kind) {
    case "palette":
      return <Palette />;
    case "settings":
      return <Settings />;
    case "keys":
      return <KeyList />;
    case "second":
      return <SecondKeys />;
    case "help":
      return <Help topic={open.topic ?? ""} from={open.from ?? null} />;
    case "tour":
      return <Tour />;
    case "health":
      return <HealthPage />;
    case undefined:
      return null;
  }
}

/** For whom it is there. */
function OpensHealth() {
  useOpening("health", "desk.health", "");
  return null;
}

function useOpening(kind: Panel["kind"], id: string, keys: string, plain?: string): void {
  const { panel, isCalling } = useDesk();
  useAction({
    id,
    group: "desk",
    keys,
    ...(plain !== undefined && { plain }),
    label: () => t(`panel.${kind}`),
    // A tour in mid-call would be in the way.
    enabled: () => kind !== "tour" || !isCalling.peek(),
    run: () => {
      const isOpen = panel.peek()?.kind === kind;
      panel.value = isOpen ? null : { kind, from: document.activeElement };
    },
    unlisted: kind === "palette" || kind === "second",
  });
}
