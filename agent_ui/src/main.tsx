import { render } from "preact";
import { App } from "./app";
import { restorePrefs } from "./prefs";
import "./styles/tokens.css";
import "./styles/base.css";

const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no #app");
await restorePrefs();
render(<App />, root);
