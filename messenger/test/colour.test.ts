import assert from "node:assert/strict";
import { test } from "node:test";
import { contrast, palette, parse } from "../src/colour.ts";
import { subjectOf } from "../src/session/identity.ts";

function rgb(css: string) {
  const [red = 0, green = 0, blue = 0] = (css.match(/\d+/g) ?? []).map(Number);
  return [red, green, blue] as const;
}

test("any brand colour gives legible text", () => {
  for (let colour = 0; colour <= 0xffffff; colour += 0x010f0d) {
    const made = palette(colour.toString(16).padStart(6, "0"));
    assert.ok(made);
    assert.ok(contrast(rgb(made.brand), rgb(made.onBrand)) >= 4.5, made.brand);
    assert.ok(contrast(rgb(made.inkOnLight), [240, 244, 243]) >= 4.5, made.brand);
    assert.ok(contrast(rgb(made.inkOnDark), [31, 40, 38]) >= 4.5, made.brand);
  }
});

test("colours are written as people write them, and nothing else is taken", () => {
  assert.deepEqual(parse("#0b6b70"), [11, 107, 112]);
  assert.deepEqual(parse("0B6B70"), [11, 107, 112]);
  assert.deepEqual(parse("#16a"), [17, 102, 170]);
  for (const wrong of ["", "red", "#12", "#12345", "url(x)", "#0b6b70;color:red"]) assert.equal(palette(wrong), undefined);
});

test("the subject of an identity is read, whatever comes", () => {
  const token = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`;
  assert.equal(subjectOf(token({ sub: "Zoë-🙂??>>" })), "Zoë-🙂??>>");
  assert.equal(subjectOf(token({ email: "ada@example.com" })), "ada@example.com");
  for (const odd of ["", "x", "a.b.c", token(null), token([]), token({ sub: 7 })]) assert.equal(subjectOf(odd), "");
});
