// Bundles the extension, which runs in Node, and its panel, which runs in a page of its own.

import { copyFileSync } from "node:fs";
import { build } from "esbuild";

const shared = { bundle: true, minify: true, legalComments: "none", logLevel: "warning" };

await build({
  ...shared,
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  platform: "node",
  format: "cjs",
  target: "node20",
  external: ["vscode"],
});

await build({
  ...shared,
  entryPoints: ["panel/panel.ts", "panel/panel.css"],
  outdir: "dist",
  platform: "browser",
  format: "iife",
  target: "es2022",
});

// Packages carry their licence; the project has one.
copyFileSync("../LICENSE", "LICENSE");
