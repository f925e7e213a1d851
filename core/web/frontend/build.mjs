/**
 * Builds the browser assets into core/web/static/dist: bundled, minified, named by their content and
 * compressed beforehand, with a manifest.json that maps the logical name to the built one:
 *
 *   app.js                      core/web/frontend/app.js
 *   app.css                     core/web/frontend/app.css
 *   addons/<addon>/<file>       addons/<addon>/static/<file>   (each .js and .css there is an entry point)
 *   whatever icons.mjs writes   e.g. icons.svg
 *
 * and copies the fonts of printed documents (fonts.mjs) into core/printing/fonts.
 *
 * The new files are put beside the old ones in a fresh folder, which then takes the place of `dist`:
 * a build that fails leaves the last good one.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import zlib from "node:zlib";
import { build } from "esbuild";
import copyFonts from "./fonts.mjs";

const FRONTEND = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.resolve(FRONTEND, "../../..");
const DIST = path.join(ROOT, "core/web/static/dist");
const COMPRESSIBLE = /\.(js|css|svg|json|txt|html)$/;

const gzip = promisify(zlib.gzip);
const brotli = promisify(zlib.brotliCompress);

await main();

async function main() {
  const started = performance.now();
  await mkdir(path.dirname(DIST), { recursive: true });
  const out = await mkdtemp(path.join(path.dirname(DIST), ".build-"));
  try {
    const manifest = { ...(await bundle(out)), ...(await icons(out)) };
    await writeFile(path.join(out, "manifest.json"), JSON.stringify(sorted(manifest), null, 2) + "\n");
    await compressAll(out);
    await takePlace(out);
    const fonts = await copyFonts();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`assets: ${Object.keys(manifest).length} and ${fonts} fonts built in ${seconds} s`);
  } catch (error) {
    await rm(out, { recursive: true, force: true });
    console.error(`assets: not built. ${error.message ?? error}`);
    process.exitCode = 1;
  }
}

/** Bundles every entry point; returns the part of the manifest that they make. */
async function bundle(out) {
  const entries = [...coreEntries(), ...(await addonEntries())];
  const result = await build({
    entryPoints: entries,
    outdir: out,
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    // Shared modules go into chunks of their own, so that an addon and core see the same instance.
    splitting: true,
    format: "esm",
    target: ["es2022", "chrome110", "firefox115", "safari16.4"],
    sourcemap: true,
    legalComments: "linked",
    metafile: true,
    entryNames: "[dir]/[name]-[hash]",
    chunkNames: "chunks/[name]-[hash]",
    assetNames: "media/[name]-[hash]",
    loader: { ".woff2": "file", ".svg": "file", ".png": "file", ".webp": "file" },
    logLevel: "warning",
  });
  return manifestOf(result.metafile, entries, out);
}

function coreEntries() {
  return ["app.js", "app.css"].map((name) => ({ in: path.join(FRONTEND, name), out: path.parse(name).name }));
}

async function addonEntries() {
  const entries = [];
  for (const addon of await names(path.join(ROOT, "addons"))) {
    const folder = path.join(ROOT, "addons", addon, "static");
    for (const file of (await names(folder)).filter((name) => /\.(js|css)$/.test(name))) {
      entries.push({ in: path.join(folder, file), out: `addons/${addon}/${path.parse(file).name}` });
    }
  }
  return entries;
}

/** esbuild says which output came from which entry point; the logical name keeps the entry's extension. */
function manifestOf(metafile, entries, out) {
  const logical = new Map(
    entries.map((entry) => [path.relative(ROOT, entry.in), entry.out + path.extname(entry.in)]),
  );
  const manifest = {};
  for (const [file, output] of Object.entries(metafile.outputs)) {
    const name = output.entryPoint && logical.get(output.entryPoint);
    // An entry point in JavaScript that imports CSS also has a CSS output, under `cssBundle`.
    if (!name) continue;
    manifest[name] = relativeTo(out, file);
    if (output.cssBundle) manifest[name.replace(/\.js$/, ".bundle.css")] = relativeTo(out, output.cssBundle);
  }
  return manifest;
}

function relativeTo(out, file) {
  return path.relative(out, path.resolve(ROOT, file)).split(path.sep).join("/");
}

/** Lets icons.mjs write its files (the sprite) into an empty folder, then names them by their content. */
async function icons(out) {
  const module = path.join(FRONTEND, "icons.mjs");
  if (!existsSync(module)) return {};
  const folder = await mkdtemp(path.join(path.dirname(DIST), ".icons-"));
  try {
    await (await import(pathToFileURL(module))).default(folder);
    const manifest = {};
    for (const name of await names(folder)) {
      const content = await readFile(path.join(folder, name));
      const { name: stem, ext } = path.parse(name);
      manifest[name] = `${stem}-${digest(content)}${ext}`;
      await writeFile(path.join(out, manifest[name]), content);
    }
    return manifest;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function digest(content) {
  return createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
}

async function compressAll(folder) {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !COMPRESSIBLE.test(entry.name)) continue;
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const content = await readFile(file);
    await writeFile(`${file}.gz`, await gzip(content, { level: 9 }));
    await writeFile(`${file}.br`, await brotli(content));
  }
}

async function takePlace(out) {
  const old = `${DIST}.old`;
  await rm(old, { recursive: true, force: true });
  if (existsSync(DIST)) await rename(DIST, old);
  await rename(out, DIST);
  await rm(old, { recursive: true, force: true });
}

async function names(folder) {
  return existsSync(folder) ? (await readdir(folder)).sort() : [];
}

function sorted(object) {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
