// An app backend as its developer would write it: the official SDK does registration and
// verification; this file only reacts. GET /seen tells the test what the SDK verified.
import { serve } from "@hono/node-server";
import { InMemoryShopRepository } from "@shopware-ag/app-server-sdk";
import { EntityRepository } from "@shopware-ag/app-server-sdk/helper/admin-api";
import { Criteria } from "@shopware-ag/app-server-sdk/helper/criteria";
import { sendNotification } from "@shopware-ag/app-server-sdk/helper/notification";
import { configureAppServer } from "@shopware-ag/app-server-sdk/integration/hono";
import { Hono } from "hono";

const shops = new InMemoryShopRepository();
const life = []; // hooks of the SDK that ran, in their order
const events = []; // webhooks that the SDK verified, in their order
const errors = []; // of handlers
const hono = new Hono();

configureAppServer(hono, {
  appName: "JsSdkApp",
  appSecret: process.env.APP_SECRET,
  shopRepository: shops,
  setup(app) {
    for (const hook of ["onAuthorize", "onAppActivate", "onAppDeactivate", "onAppUninstall"]) {
      app.hooks.on(hook, async () => {
        life.push(hook);
      });
    }
  },
});

// What reaches the handlers below /app was verified by the SDK.
function remember(payload) {
  const event = { name: payload.data.event, payload: payload.data.payload, source: payload.source };
  events.push(event);
  return event;
}

hono.post("/app/webhook/product-written", async (ctx) => {
  const { payload, httpClient } = ctx.get("context");
  const event = remember(payload);

  const products = new EntityRepository(httpClient, "product");
  const found = await products.search(new Criteria(payload.data.payload.map((item) => item.primaryKey)));
  event.product = found.first();
  event.refused = await refusal(() => new EntityRepository(httpClient, "customer").search(new Criteria()));
  await sendNotification(httpClient, { status: "info", message: `Product ${event.product.productNumber} changed` });
  return ctx.json({ ok: true });
});

hono.post("/app/webhook/order-placed", async (ctx) => {
  remember(ctx.get("context").payload);
  return ctx.json({ ok: true });
});

// The status and the body of a call that must be refused; null if it was not.
async function refusal(call) {
  try {
    await call();
    return null;
  } catch (error) {
    return { status: error.response?.statusCode, body: error.response?.body };
  }
}

hono.get("/seen", (ctx) => ctx.json({ life, events, errors }));
hono.get("/shops/:id", async (ctx) => {
  const shop = await shops.getShopById(ctx.req.param("id"));
  return ctx.json({ known: shop !== null, confirmed: shop?.isRegistrationConfirmed() ?? false });
});
hono.onError((error, ctx) => {
  errors.push(`${ctx.req.path}: ${error}`);
  return ctx.json({ error: String(error) }, 500);
});

const server = serve({ fetch: hono.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => {
  console.log(`listening on ${port}`); // the test waits for this line
});
process.on("SIGTERM", () => server.close(() => process.exit(0)));
