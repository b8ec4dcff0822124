// Writes src/protocol.ts from docs/protocol.md, which the server's own types make: what the extension is compiled
// against is what the server speaks.

import { readFileSync, writeFileSync } from "node:fs";

const page = readFileSync(new URL("../docs/protocol.md", import.meta.url), "utf8");
const types = page.split("```typescript\n")[1].split("\n```")[0];
const head = "// Made from docs/protocol.md by extension/protocol.mjs.\n\n";
writeFileSync(new URL("src/protocol.ts", import.meta.url), head + types.replace(/^(type|interface) /gm, "export $1 "));
