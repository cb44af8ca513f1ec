// Test the client typed by openapi-typescript: page through all events, and find each quote at its offsets in the text.
// Usage: node client.js <base URL>; api.d.ts is generated from the service's OpenAPI document.
import createClient from "openapi-fetch";

import type { components, paths } from "./api.js";

type Event = components["schemas"]["Event"];
type Evidence = components["schemas"]["Evidence"];

const baseUrl = process.argv[2] ?? "http://127.0.0.1:8000";
const client = createClient<paths, "application/json" | "application/problem+json" | "text/plain">({ baseUrl });

async function* everyEvent(): AsyncGenerator<Event> {
  let cursor: string | undefined;
  do {
    const query = { limit: 10, sort: ["name" as const], ...(cursor === undefined ? {} : { cursor }) };
    const { data, error } = await client.GET("/v1/events", { params: { query } });
    if (error) throw new Error(error.detail);
    yield* data.items as Event[]; // complete, because the request has no `fields`
    cursor = data.next === null ? undefined : new URL(data.next, baseUrl).searchParams.get("cursor") ?? undefined;
  } while (cursor !== undefined);
}

const texts = new Map<string, string[]>();

/** The text of a document as code points: offsets count these, strings count UTF-16 code units. */
async function text(id: string): Promise<string[]> {
  let points = texts.get(id);
  if (points === undefined) {
    const { data } = await client.GET("/v1/documents/{id}/text", { params: { path: { id } }, parseAs: "text" });
    points = Array.from(data ?? "");
    texts.set(id, points);
  }
  return points;
}

async function stands({ start, end, exact }: Evidence, document: string): Promise<boolean> {
  return (await text(document)).slice(start, end).join("") === exact;
}

let events = 0;
let quotes = 0;
for await (const event of everyEvent()) {
  console.log(`${event.name}: ${event.participants.map(({ actor, role }) => `${actor.name} (${role})`).join(", ")}`);
  for (const quote of event.evidence) {
    if (!(await stands(quote, event.document?.id ?? ""))) throw new Error(`${event.id}: ${quote.exact} does not stand at ${quote.start}`);
    quotes += 1;
  }
  events += 1;
}

const { data: root } = await client.GET("/v1");
if (events === 0 || events !== root?.counts["events"]) throw new Error(`${events} events, and there are others`);

const missing = await client.GET("/v1/actors/{id}", { params: { path: { id: "north-corea" } } });
if (!missing.error?.detail.includes("did you mean 'north-korea'?")) throw new Error("a problem does not say what is near");

console.log(`${events} events, and each of ${quotes} quotes stands where it says`);
