import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Desk } from "./model";

const DeskContext = createContext<Desk | null>(null);

export const DeskProvider = DeskContext.Provider;

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === null) throw new Error("a screen of the desk was drawn outside it");
  return desk;
}
