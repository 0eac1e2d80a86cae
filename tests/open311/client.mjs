/* The npm client open311, which this project did not write, goes through every method it has: node client.mjs BASE KEY.
 * Prints one JSON object of what it got. */
import { createRequire } from "node:module";
import { promisify } from "node:util";

const Open311 = createRequire(import.meta.url)("open311");
const [base, key, jurisdiction] = process.argv.slice(2);

const found = new Open311({ discovery: `${base}/open311/discovery.json` });
const discovered = await promisify(found.serviceDiscovery.bind(found))({ cache: true, type: "test" });

const city = new Open311({ endpoint: found.endpoint, jurisdiction, apiKey: key });
const call = (name) => promisify(city[name].bind(city));
const services = await call("serviceList")();
const service = services.find((s) => s.service_code === "0104");
const definition = await call("serviceDefinition")("0104");
const posted = await call("submitRequest")({
	service_code: "0104",
	lat: 30.274085,
	long: 120.15507,
	description: "井盖松动\n行人路过有危险",
	attributes: { category: "010403" },
});
const batch = await call("submitRequest")({ service_code: "1402", address_string: "文三路 1 号", description: "补贴未到账" });
const token = await call("token")(batch[0].token);
const id = posted[0].service_request_id;
const one = await call("serviceRequest")(id);
const two = await call("serviceRequests")([id, token[0].service_request_id], { api_key: key });
const open = await call("serviceRequests")({ status: "open", service_code: "0104" });

const stranger = new Open311({ endpoint: found.endpoint, apiKey: "not a key" });
const refused = await new Promise((done) =>
	stranger.submitRequest({ service_code: "0104", address_string: "x" }, (status, body) => done({ status, body })),
);
console.log(JSON.stringify({ discovered, services: services.length, service, definition, posted, batch, token, one, two, open, refused }));
