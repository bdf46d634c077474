import { render } from "preact";
import { App, askAtOnce } from "./app";
import { restorePrefs } from "./prefs";
import "./styles/tokens.css";
import "./styles/base.css";

const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no #app");
askAtOnce();
await restorePrefs();
render(<App />, root);
