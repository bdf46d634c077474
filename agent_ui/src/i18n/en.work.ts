/** Part of the English texts: see `en.ts`. */
export const enWork = {
  "lists.title": "What to look at",
  "lists.calls": "Calls",
  "lists.missed": "Missed",
  "lists.callbacks": "Callbacks",
  "lists.tasks": "Tasks",
  "log.older": "Show older calls",
  "log.undisposed": "No disposition yet",
  "timeline.order": "Orders",
  "timeline.task": "Tasks",
  "timeline.mail": "Mail",
  "timeline.campaign": "Campaigns",
  "timeline.again": "Try again",
} as const;
