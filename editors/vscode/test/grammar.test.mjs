// The highlighting of Tide, by the engine that editors use.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";

const require = createRequire(import.meta.url);
const oniguruma = require("vscode-oniguruma");
const textmate = require("vscode-textmate");

const here = (path) => new URL(path, import.meta.url);
const wasm = readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")).buffer;
const source = readFileSync(here("../syntaxes/tide.tmLanguage.json"), "utf8");

const registry = new textmate.Registry({
  onigLib: oniguruma.loadWASM(wasm).then(() => ({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  })),
  loadGrammar: async () => textmate.parseRawGrammar(source, "tide.json"),
});
const grammar = await registry.loadGrammar("source.tide");

/** The innermost scopes of a text's words, line by line. */
function scopes(text) {
  let state = textmate.INITIAL;
  return text.split("\n").map((line) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    return tokens
      .map((token) => [line.slice(token.startIndex, token.endIndex).trim(), token.scopes.at(-1)])
      .filter(([word]) => word);
  });
}

const scopeOf = (line, word) => scopes(line)[0].find(([found]) => found === word)?.[1];

test("words of Tide have their scopes", () => {
  const expected = [
    ["workflow support {", "workflow", "keyword.declaration.tide"],
    ["workflow support {", "support", "entity.name.function.tide"],
    ["  say \"Hi\"", "say", "keyword.control.tide"],
    ["  if person.tier == \"Gold\" {", "tier", "variable.other.member.tide"],
    ["  if person.tier == \"Gold\" {", "==", "keyword.operator.tide"],
    ["  idle 15m => end", "15m", "constant.numeric.tide"],
    ["  refund_amount: decimal(10, 2)", "decimal", "storage.type.tide"],
    ["    > Please {person.FirstName}.", "FirstName", "variable.other.member.tide"],
    ["/// A line.", "/// A line.", "comment.line.documentation.tide"],
    ["// A line.", "// A line.", "comment.line.double-slash.tide"],
  ];
  for (const [line, word, scope] of expected) {
    assert.equal(scopeOf(line, word), scope, `${word} in ${line}`);
  }
});

test("a quote without its end spoils its line alone", () => {
  const [, second] = scopes('  say "Hi {person.FirstName\n  ask');
  assert.deepEqual(second, [["ask", "keyword.control.tide"]]);
});

test("no keyword of the grammar is left out", () => {
  const words = new Set();
  for (const [, first] of readFileSync(here("../../../grammar/tide.pest"), "utf8").matchAll(
    /^kw_\w+\s*=\s*@\{ "(\w+)"/gm,
  )) {
    words.add(first);
  }
  assert.ok(words.size > 50);
  const plain = [...words].filter((word) => {
    const found = [scopeOf(`  ${word} `, word), scopeOf(`${word} x`, word)];
    return !found.some((scope) => scope && scope !== "source.tide");
  });
  assert.deepEqual(plain, []);
});

test("every line of the examples is understood", () => {
  for (const name of ["billing", "breakdown", "fields", "pushes", "support", "tests"]) {
    const text = readFileSync(here(`../../../examples/support/${name}.tide`), "utf8");
    const strings = scopes(text).flat().filter(([word]) => word === '"');
    assert.equal(strings.length % 2, 0, `${name}.tide: quotes come in pairs`);
  }
});
