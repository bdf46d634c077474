import { EventEmitter as NodeEmitter } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { EventEmitter } from "../slim_events.ts";
import { askingSource, silence, slimGrammar, slimJsSip } from "../slim_jssip.ts";

interface Grammar {
  parse(text: string, rule: string): unknown;
}

const require = createRequire(import.meta.url);
const lib = dirname(require.resolve("jssip"));
const source = readFileSync(join(lib, "Grammar.js"), "utf8");

/** As a CommonJS module beside JsSIP's others, which it needs. */
function load(code: string): Grammar {
  const module = { exports: {} as Grammar };
  const near = createRequire(join(lib, "Grammar.js"));
  new Function("module", "exports", "require", code)(module, module.exports, near);
  return module.exports;
}

const whole = load(source);
const slim = load(slimGrammar(source));

// What a switch sends in a call's life, and what it should never send.
test.each([
  ["SIP/2.0 200 OK", "Request_Response"],
  ["SIP/2.0 486 Busy here", "Status_Line"],
  ["INVITE sip:1001@[2001:db8::1];transport=ws SIP/2.0", "Request_Response"],
  ["SIP/2.0/WSS 192.0.2.1;branch=z9hG4bK7;rport=5060;received=10.0.0.7", "Via"],
  ['"王小明" <sip:+8613800138000@pbx.example:5060;user=phone>;tag=as3f', "From"],
  ["<sip:1001@pbx.example>", "To"],
  ["sip:1001@df7jal23ls0d.invalid;transport=ws", "Contact"],
  ['"A" <sip:1001@a.example>;q=0.7;expires=60', "Contact"],
  ["<sip:p1.example;lr>,<sip:p2.example;lr>", "Record_Route"],
  ["<sip:p1.example;lr>", "Route"],
  ["314159 INVITE", "CSeq"],
  ["a84b4c76e66710@pc33.example", "Call_ID"],
  ["142", "Content_Length"],
  ["application/sdp;charset=utf-8", "Content_Type"],
  ["70", "Max_Forwards"],
  ["3600", "Expires"],
  ["60", "Min_Expires"],
  ["1800;refresher=uac", "Session_Expires"],
  ['Digest realm="asterisk",nonce="1a/2b",algorithm=MD5,qop="auth",opaque="x"', "WWW_Authenticate"],
  ['Digest realm="asterisk", nonce="n", stale=true', "Proxy_Authenticate"],
  ['Q.850;cause=16;text="Normal call clearing"', "Reason"],
  ["refer;id=7", "Event"],
  ["active;expires=60", "Subscription_State"],
  ["<sip:1002@pbx.example?Replaces=a%40b>", "Refer_To"],
  ["425928@bobster.example;to-tag=7743;from-tag=6472", "Replaces"],
  ["sips:alice:secret@atlanta.example:5061;maddr=10.1.1.1?subject=x&priority=urgent", "SIP_URI"],
  ["pbx.example", "host"],
  ["wss://pbx.example:8089/ws", "absoluteURI"],
  ['"with \\"quotes\\""', "quoted_string"],
  ["8f1fa16a-1165-4a96-8341-785b1ef24f12", "uuid"],
  ["not a header <<", "Contact"],
  ["", "CSeq"],
])("the slim grammar reads %j as %s like the whole one", (text, rule) => {
  expect(slim.parse(text, rule)).toEqual(whole.parse(text, rule));
});

test("it is slimmer, and an unknown JsSIP is refused", () => {
  expect(slimGrammar(source).length).toBeLessThan(source.length * 0.95);
  expect(() => slimGrammar("module.exports = {}")).toThrow("not as slim_jssip.ts knows it");
});

test("only whole lines that log are taken out of JsSIP", () => {
  let taken = 0;
  for (const file of readdirSync(lib, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".js")) continue;
    const before = readFileSync(join(lib, file), "utf8").split("\n");
    const after = silence(before.join("\n")).split("\n");
    expect(after).toHaveLength(before.length);
    for (const [at, line] of before.entries()) {
      if (line === after[at]) continue;
      taken += 1;
      // One statement: nothing that matters stands behind it on its line.
      expect(line.replace(/(["'`]).*?\1/g, "")).toMatch(/^\s*logger\.(debug|warn)\([^;]*\);$/);
      expect(after[at]?.trim()).toBe(";");
    }
  }
  expect(taken).toBeGreaterThan(100);
});

describe("the emitter JsSIP gets is, for what it uses, Node's", () => {
  const said = (Emitter: typeof NodeEmitter | typeof EventEmitter) => {
    const emitter = new Emitter();
    const heard: string[] = [];
    const note = (by: string) => (what: unknown) => void heard.push(`${by} ${what}`);
    const [a, b] = [note("a"), note("b")];
    heard.push(`${emitter.emit("x", 0)}`);
    emitter.on("x", a).once("x", b).on("x", a);
    emitter.on("x", function (this: unknown) {
      heard.push(`${this === emitter} ${emitter.listeners("x").length}`);
    });
    emitter.once("x", () => {
      emitter.on("x", note("late"));
      emitter.removeListener("x", a);
      emitter.emit("x", "again");
    });
    heard.push(`${emitter.emit("x", 1)} ${emitter.emit("x", 2)}`);
    emitter.removeListener("y", a);
    heard.push(`${emitter.listeners("x").includes(a)} ${emitter.listeners("y").length}`);
    return heard;
  };

  test("who hears what, in which order, also of what is added and removed meanwhile", () => {
    expect(said(EventEmitter)).toEqual(said(NodeEmitter));
    expect(said(EventEmitter)).toHaveLength(13);
  });
});

describe("a silent line is asked", () => {
  const { UA } = require("jssip") as typeof import("jssip");

  function registered() {
    const sent: string[] = [];
    const socket = {
      via_transport: "WS",
      url: "ws://pbx.example/ws",
      sip_uri: "sip:pbx.example;transport=ws",
      connect: () => socket.onconnect(),
      disconnect: () => undefined,
      send: (text: string) => sent.push(text) > 0,
      isConnected: () => true,
      isConnecting: () => false,
      onconnect: () => undefined,
      ondisconnect: () => undefined,
      ondata: (_: string) => undefined,
    };
    const ua = new UA({ sockets: socket as never, uri: "sip:1001@pbx.example", register: false });
    ua.start();
    return { ua, socket, sent };
  }

  test("with an OPTIONS, and whatever comes back is no matter", () => {
    const { ua, socket, sent } = registered();
    const module = { exports: null as unknown as new (of: object) => { send(to: string): void } };
    new Function("module", "require", askingSource)(module, require);
    new module.exports(ua).send("sip:pbx.example");
    expect(sent).toHaveLength(1);
    const [start, ...headers] = (sent[0] ?? "").split("\r\n");
    expect(start).toMatch(/^OPTIONS sip:\S+pbx\.example SIP/);
    const echoed = headers.filter((line) => /^(via|from|to|call-id|cseq):/i.test(line));
    for (const status of ["404 Not Found", "401 Unauthorized"]) {
      socket.ondata([`SIP/2.0 ${status}`, ...echoed, "Content-Length: 0", "", ""].join("\r\n"));
    }
    ua.stop();
  });

  test("in the build, too", () => {
    const { resolveId, load } = slimJsSip() as unknown as Record<
      "resolveId" | "load",
      (id: string, importer?: string) => string | null
    >;
    expect(load(resolveId("./Options", join(lib, "UA.js")) ?? "")).toBe(askingSource);
  });
});
