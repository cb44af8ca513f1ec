// Removes from package-lock.json what npm copies there from the registry and needs for nothing: where to give
// money, and why not to use a version. What is left names packages, versions and hashes, and no web address.
import { readFileSync, writeFileSync } from "node:fs";

const path = new URL("package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(path));
for (const entry of Object.values(lock.packages)) {
  delete entry.funding;
  delete entry.deprecated;
}
writeFileSync(path, JSON.stringify(lock, null, 2) + "\n");
