// Shows a ringing call outside the page, with a button that answers it. It keeps no files and
// touches no request: the page works the same without it.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/** One after the other: a call that stops at once must not be shown after it was taken away. */
let turn = Promise.resolve();

self.addEventListener("message", (event) => {
  const { data, source } = event;
  const work = data.type === "ring" ? () => ring(data, source.id) : () => hush(data.callId);
  turn = turn.then(work, work);
  event.waitUntil(turn);
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(bringForward(event.notification, event.action === "answer"));
});

/** `page` is the tab whose telephone rings: of two, the right one answers. */
function ring({ title, options, answer }, page) {
  return self.registration.showNotification(title, {
    ...options,
    requireInteraction: true,
    actions: [{ action: "answer", title: answer }],
    data: { page },
  });
}

async function hush(callId) {
  for (const notice of await self.registration.getNotifications({ tag: callId })) notice.close();
}

async function bringForward({ tag, data }, answer) {
  const page = await self.clients.get(data.page);
  if (page === undefined) {
    await self.clients.openWindow("/");
    return;
  }
  page.postMessage({ type: "notice", callId: tag, answer });
  await page.focus();
}
