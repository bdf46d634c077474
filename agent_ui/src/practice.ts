/** The practice desk is the same page under another address, with a switch and a database of its own. */
export const PRACTISING = location.pathname.startsWith("/practice/");

/** Where this page's server answers. */
export const API_BASE = PRACTISING ? "/practice/api/v1" : "/api/v1";
