import type { Desk } from "../desk/model";

const LOG_ROWS = 50;

/** The last number dialled here, else at any machine; "" when there is none, or no server. */
export async function lastDialled(desk: Desk): Promise<string> {
  const here = desk.phone.peek().lastDialled.peek();
  if (here !== "") return here;
  try {
    const { items } = await desk.api.myCalls(LOG_ROWS);
    return items.find(({ direction, number }) => direction === "outbound" && number)?.number ?? "";
  } catch {
    return "";
  }
}
