// An app backend as its developer would write it, on the libraries they would take: OAuth 2.0 by
// openid-client, webhooks by standardwebhooks. What is below /test tells the test what they say.
import { createServer } from "node:http";
import * as oauth from "openid-client";
import { Webhook } from "standardwebhooks";

const { APP_ID: id, APP_SECRET: secret } = process.env;
const begun = new Map(); // by state: what an authorization was begun with
const webhooks = []; // that the library verified
const errors = []; // whatever was refused by a library
let origin, config, tokens, key; // key: of the webhooks; told with the first tokens alone

const hooks = ["app.installed", "app.uninstalled", "order.created"];
const manifest = () => ({
  id,
  name: "Judge in Node",
  version: "1.0.0",
  author: "Appdock",
  description: "Says what other people's libraries say",
  auth: { redirect_uri: `${origin}/callback`, start_uri: `${origin}/install`, scopes: ["orders:read", "products:read"] },
  webhooks: hooks.map((topic) => ({ topic, address: `${origin}/webhooks` })),
});

// discover asks the shop for its metadata (RFC 8414). A public client has PKCE alone.
function discover(shop) {
  const proof = secret ? oauth.ClientSecretPost(secret) : oauth.None();
  return oauth.discovery(new URL(shop), id, undefined, proof, { algorithm: "oauth2", execute: [oauth.allowInsecureRequests] });
}

async function install(url) {
  config = await discover(url.searchParams.get("shop"));
  const verifier = oauth.randomPKCECodeVerifier();
  const state = oauth.randomState();
  begun.set(state, { config, verifier });
  const to = oauth.buildAuthorizationUrl(config, {
    redirect_uri: `${origin}/callback`,
    scope: "orders:read products:read",
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    manifest: `${origin}/app.json`,
  });
  return { status: 303, location: to.href };
}

async function callback(url) {
  const state = url.searchParams.get("state");
  const { config, verifier } = begun.get(state);
  begun.delete(state);
  // Checks state and iss, and sends the code with the verifier.
  tokens = await oauth.authorizationCodeGrant(config, url, { pkceCodeVerifier: verifier, expectedState: state });
  key = tokens.webhook_secret ?? key;
  return { status: 303, location: tokens.continue_url ?? `${url.searchParams.get("iss")}/admin/` };
}

function webhook(headers, body) {
  webhooks.push(new Webhook(key).verify(body, headers));
  return { status: 204 };
}

// What the test asks for.
const tests = {
  seen: () => ({ webhooks, errors, tokens }),
  refresh: async ({ token }) => {
    tokens = await oauth.refreshTokenGrant(config, token);
    return tokens;
  },
  call: async ({ path, token }) => {
    const answer = await oauth.fetchProtectedResource(config, token, new URL(config.serverMetadata().issuer + path), "GET");
    return { status: answer.status, body: await answer.json() };
  },
  introspect: ({ token }) => oauth.tokenIntrospection(config, token),
  revoke: async ({ token }) => {
    await oauth.tokenRevocation(config, token);
    return {};
  },
};

// told is what a library's error says.
function told(error) {
  const challenge = Array.isArray(error.cause) ? error.cause[0]?.parameters : undefined;
  return { status: error.status, error: challenge?.error ?? error.error ?? String(error), scope: challenge?.scope };
}

async function answer(request, body) {
  const url = new URL(request.url, origin);
  switch (`${request.method} ${url.pathname}`) {
    case "GET /app.json":
      return { status: 200, json: manifest() };
    case "GET /install":
      return install(url);
    case "GET /callback":
      return callback(url);
    case "POST /webhooks":
      return webhook(request.headers, body);
  }
  const test = tests[url.pathname.replace("/test/", "")];
  if (!test) return { status: 404 };
  try {
    return { status: 200, json: await test(Object.fromEntries(url.searchParams)) };
  } catch (error) {
    return { status: 200, json: told(error) };
  }
}

const server = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", async () => {
    let out;
    try {
      out = await answer(request, Buffer.concat(parts).toString());
    } catch (error) {
      errors.push(`${request.method} ${request.url.split("?")[0]}: ${error}`);
      out = { status: 400 };
    }
    response.writeHead(out.status, { "Content-Type": "application/json", ...(out.location && { Location: out.location }) });
    response.end(out.json === undefined ? undefined : JSON.stringify(out.json));
  });
});
server.listen(0, "127.0.0.1", () => {
  origin = `http://127.0.0.1:${server.address().port}`;
  console.log(`listening on ${server.address().port}`); // the test waits for this line
});
process.on("SIGTERM", () => server.close(() => process.exit(0)));
