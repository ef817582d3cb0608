// Makes the Postman collection of Accounts v3 from the facts, by Postman's own converter:
//
//     cd xtask/postman && npm ci && node accounts.mjs
//
// The converter knows nothing of the region and of the headers that every request carries, so they are told to it and
// added here. Its random ids are taken out, its dice are loaded and its clock stands, so that the same facts give the same file.

import { readFileSync, writeFileSync } from "node:fs";
import yaml from "js-yaml";

let seed = 1;
Math.random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
globalThis.Date = class extends Date {
  constructor(...parts) {
    super(...(parts.length > 0 ? parts : [Date.now()]));
  }
  static now() {
    return 1735689600000;
  }
};
const { default: converter } = await import("openapi-to-postmanv2");

const specs = new URL("../../specs/accounting-v3/", import.meta.url);
const text = readFileSync(new URL("accounts.openapi.yaml", specs), "utf8");
const facts = yaml.load(text);
facts.info.title = "Accounts v3";
facts.servers = [{ url: "https://api.columbus.sage.com/uki/sageone/accounts/v3" }];

const headers = [
  { key: "Authorization", value: "Bearer {{access_token}}" },
  { key: "Ocp-Apim-Subscription-Key", value: "{{subscription_key}}" },
  { key: "X-Site", value: "{{site}}" },
];
const variables = ["access_token", "subscription_key", "site"].map((key) => ({ key, value: "", type: "string" }));
const options = { folderStrategy: "Tags", parametersResolution: "Schema", includeAuthInfoInExample: false };

converter.convertV2({ type: "json", data: facts }, options, (error, result) => {
  if (error || !result.result) {
    throw error ?? new Error(result.reason);
  }
  const collection = result.output[0].data;
  collection.info = { name: facts.info.title, schema: collection.info.schema };
  delete collection.auth;
  collection.variable.push(...variables);
  each(collection.item);
  const file = new URL("accounts.postman_collection.json", specs);
  writeFileSync(file, `${JSON.stringify(collection, null, "\t")}\n`);
});

function each(items) {
  for (const item of items) {
    delete item.id;
    if (item.item) {
      each(item.item);
      continue;
    }
    item.request.header = [...headers, ...(item.request.header ?? [])];
    for (const reply of item.response) {
      delete reply.id;
      reply.originalRequest.header = [...headers, ...(reply.originalRequest.header ?? [])];
    }
  }
}
