// Remove funding links and deprecation notices from package-lock.json: npm copies them from the registry but doesn't
// need them. Packages, versions and hashes remain, without web addresses.
import { readFileSync, writeFileSync } from "node:fs";

const path = new URL("package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(path));
for (const entry of Object.values(lock.packages)) {
  delete entry.funding;
  delete entry.deprecated;
}
writeFileSync(path, JSON.stringify(lock, null, 2) + "\n");
