const PATHS = {
  phone:
    "M5.2 2.2 3.6 3.2c-.7.5-.9 1.3-.6 2.1 1.2 3.5 3.6 5.9 7.1 7.1.8.3 1.6.1 2.1-.6l1-1.6-2.6-1.7-1.2 1c-1.4-.7-2.3-1.6-2.9-2.900l1-1.200Z",
  hangup: "M2 9.500c0-4 12-4 12 0v1.300l-3.2.6-.6-2a8.5 8.5 0 0 0-4.4 0l-.6 2L2 10.800Z",
  mic: "M8 2a2 2 0 0 0-2 2v3.500a2 2 0 0 0 4 0V4a2 2 0 0 0-2-2ZM3.8 7.500a4.2 4.2 0 0 0 8.4 0M8 11.700V14",
  pause: "M5.5 3.500v9M10.5 3.500v9",
  play: "M5 3.500v9l7-4.500Z",
  keypad: "M4 4h.01M8 4h.01M12 4h.01M4 8h.01M8 8h.01M12 8h.01M4 12h.01M8 12h.01M12 12h.01",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.7 10.7 14 14",
  inbound: "M12.5 3.5 4 12M4 6v6h6",
  outbound: "M3.5 12.5 12 4M6 4h6v6",
  missed: "M2.5 5.5 7 10l6.5-6.500M2.5 9.500v-4h4",
  internal: "M2.5 6h10L10 3.500M13.5 10h-10L6 12.5",
  ticket: "M2.5 5V4h11v2.500a1.5 1.5 0 0 0 0 3V12h-11V9.500a1.5 1.5 0 0 0 0-3Z",
  note: "M3 3h10v7l-3 3H3ZM10 13v-3h3M5.5 6h5M5.5 8.500h3",
  left: "M9.5 4 5.5 8l4 4",
  right: "M6.5 4l4 4-4 4",
  down: "M4 6.5 8 10.5 12 6.5",
  close: "M4 4l8 8M12 4l-8 8",
  check: "M3 8.5 6.5 12 13 4.5",
  user: "M8 8a2.7 2.7 0 1 0 0-5.400A2.7 2.7 0 0 0 8 8ZM2.8 13.500c.6-2.4 2.6-3.7 5.2-3.700s4.6 1.3 5.2 3.7",
  swap: "M3 5.500h9L9.5 3M13 10.500H4L6.5 13",
  alert: "M8 2.5 14.5 13.500h-13ZM8 6.500v3.500M8 12h.01",
  draft: "M3 13l.7-3L10.5 3.200l2.3 2.300L6 12.300Z",
  task: "M3 3h10v10H3ZM5.5 8l2 2 3.5-4",
  order: "M2.5 5 8 2.5 13.5 5v6L8 13.5 2.5 11ZM2.5 5 8 7.5 13.5 5M8 7.500v6",
  mail: "M2.5 4h11v8h-11ZM2.5 4.500 8 8.500l5.5-4",
  campaign: "M3 6.500v3h2l5.500 3v-9L5 6.500ZM12.500 6.500v3",
  callback: "M8 4.500v4l2.500 1.500M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Z",
  transfer: "M2.5 8h9M8.500 5l3 3-3 3M14 3.500v9",
  record: "M8 4.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7Z",
  people:
    "M5.500 7.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM2 13c.3-2 1.600-3 3.500-3s3.200 1 3.500 3M10.500 7.500a2 2 0 1 0 0-4M11 10c1.700.1 2.700 1.100 3 3",
  back: "M6.500 4 3 7.500 6.500 11M3 7.500h6.500a3.500 3.500 0 0 1 0 7H8",
  headset: "M3 9V8a5 5 0 0 1 10 0v1M3 9h2v4H4a1 1 0 0 1-1-1ZM13 9h-2v4h1a1 1 0 0 0 1-1Z",
} as const;

export type IconName = keyof typeof PATHS;

/** A decoration beside a word, never instead of one. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
