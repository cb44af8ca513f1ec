// What happened since 2014, and the words that say so; then what is known of one actor.
//
//   npm install openapi-fetch openapi-typescript typescript @types/node
//   npx openapi-typescript http://127.0.0.1:8000/openapi.json --output api.d.ts
//   npx tsc --strict --target es2022 --module nodenext client.ts && node client.js http://127.0.0.1:8000
import createClient from "openapi-fetch";

import type { components, paths } from "./api.js";

type Event = components["schemas"]["Event"];
type Query = NonNullable<paths["/v1/events"]["get"]["parameters"]["query"]>;

const baseUrl = process.argv[2] ?? "http://127.0.0.1:8000";
const client = createClient<paths>({ baseUrl });

async function* events(): AsyncGenerator<Event> {
  const query: Query = { date_from: "2014", modality: ["actual", "habitual"], limit: 10 };
  for (;;) {
    const { data, error } = await client.GET("/v1/events", { params: { query } });
    if (error) throw new Error(error.detail);
    yield* data.items;
    const cursor = data.next && new URL(data.next, baseUrl).searchParams.get("cursor");
    if (!cursor) return;
    query.cursor = cursor;
  }
}

const texts = new Map<string, string[]>();

/** A document's text as code points, which offsets count. A string counts UTF-16 units. */
async function text(id: string): Promise<string[]> {
  const read = texts.get(id);
  if (read) return read;
  const { data, error } = await client.GET("/v1/documents/{id}/text", { params: { path: { id } }, parseAs: "text" });
  if (error) throw new Error(error.detail);
  const points = Array.from(data);
  texts.set(id, points);
  return points;
}

for await (const event of events()) {
  const actors = event.participants.map(({ actor, role }) => `${actor.name} (${role})`);
  console.log(`${event.date?.text ?? "undated"} · ${event.name} · ${actors.join(", ")}`);
  for (const { start, end } of event.evidence) {
    if (event.document) console.log(`    ${(await text(event.document.id)).slice(start, end).join("")}`);
  }
}

const { data, error } = await client.GET("/v1/actors/{id}/dossier", { params: { path: { id: "north-korea" } } });
if (error) throw new Error(error.detail);
console.log(`${data.actor.name}: ${data.counts.events} events, ${data.ties.total.value} ties`);
for (const tie of data.ties.items) console.log(`    ${tie.name}`);

const missing = await client.GET("/v1/actors/{id}", { params: { path: { id: "north-corea" } } });
if (missing.error) console.log(missing.error.detail);
