// A worker's timers are not throttled in a hidden tab, the page's are (to once a minute).
setInterval(() => postMessage(0), 500);
