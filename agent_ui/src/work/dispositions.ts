import type { DeskConfig, DispositionView } from "../messages.gen";

/** The nodes that may be chosen after a call of this queue. */
export function offered(config: DeskConfig | null, queue: string): readonly DispositionView[] {
  return config?.dispositions.filter((each) => each.queue === "" || each.queue === queue) ?? [];
}

export function childrenOf(
  nodes: readonly DispositionView[],
  parent: string | null,
): readonly DispositionView[] {
  return nodes.filter(({ parent_id }) => parent_id === parent);
}

/** From the root to the node; empty for none, or for one that is no longer offered. */
export function pathTo(nodes: readonly DispositionView[], id: string | null): DispositionView[] {
  const path: DispositionView[] = [];
  for (let at = id; at !== null && path.length < nodes.length; ) {
    const node = nodes.find((each) => each.id === at);
    if (node === undefined) return [];
    path.unshift(node);
    at = node.parent_id;
  }
  return path;
}

/** Whether a call of this queue may not be left without one. */
export function isRequired(config: DeskConfig | null, queue: string): boolean {
  const found = config?.queues.find(({ name }) => name === queue);
  return found?.disposition_required === true && offered(config, queue).length > 0;
}
