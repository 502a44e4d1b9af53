// The licences lie at the root of the repository; the package holds copies.

import { copyFileSync } from "node:fs";

for (const name of ["LICENSE-MIT", "LICENSE-APACHE"]) {
  copyFileSync(new URL(`../../${name}`, import.meta.url), new URL(name, import.meta.url));
}
