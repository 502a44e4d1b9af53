import assert from "node:assert/strict";
import { test } from "node:test";
import * as said from "../src/words.ts";

test("the words follow the language that is spoken, as far as there are any", () => {
  said.speak("fr");
  const english = said.words.send;
  assert.equal(said.language, "en");
  for (const tag of ["de", "de-AT", "DE"]) {
    said.speak(tag);
    assert.equal(said.language, "de");
    assert.notEqual(said.words.send, english);
  }
  said.speak("den");
  assert.equal(said.words.send, english);
});

test("a limit below a megabyte is told in kilobytes", () => {
  said.speak("en");
  assert.match(said.words.fileLimit(400 * 2 ** 10), / 400 KB$/);
  assert.match(said.words.fileLimit(5 * 2 ** 20), / 5 MB$/);
});
