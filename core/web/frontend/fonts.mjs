// Copies the fonts of printed documents, with their licences, from npm into core/printing/fonts.
import { chmod, copyFile, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
const FONTS = path.join(ROOT, "core/printing/fonts");

/** Package → its files. Which of them printing needs, and for what, is in core/printing/fonts.py. */
const WANTED = {
  "noto-sans-tc": ["400Regular/NotoSansTC_400Regular.ttf", "700Bold/NotoSansTC_700Bold.ttf"],
  "noto-sans-sc": ["400Regular/NotoSansSC_400Regular.ttf", "700Bold/NotoSansSC_700Bold.ttf"],
  "noto-emoji": ["400Regular/NotoEmoji_400Regular.ttf"],
};

/** Puts the new folder in the place of the old one at once. Returns how many fonts there are. */
export default async function copyFonts() {
  await mkdir(path.dirname(FONTS), { recursive: true });
  const made = await mkdtemp(path.join(path.dirname(FONTS), ".fonts-"));
  try {
    // A temporary folder is its maker's alone; those who print may be others.
    await chmod(made, 0o755);
    for (const [name, files] of Object.entries(WANTED)) {
      const source = path.dirname(createRequire(import.meta.url).resolve(`@expo-google-fonts/${name}/package.json`));
      await copyFile(path.join(source, "LICENSE_FONT"), path.join(made, `${name}.LICENSE.txt`));
      for (const file of files) await copyFile(path.join(source, file), path.join(made, path.basename(file)));
    }
    await rm(FONTS, { recursive: true, force: true });
    await rename(made, FONTS);
  } catch (error) {
    await rm(made, { recursive: true, force: true });
    throw error;
  }
  return Object.values(WANTED).flat().length;
}
