// Checks a receipt with @sigstore/verify: its Merkle and checkpoint code, reached by file because the package exports
// neither (its version is pinned). Usage: node receipt.mjs RECEIPT ENTRY VKEY
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
const folder = join(dirname(require.resolve("@sigstore/verify")), "tlog");
const { verifyMerkleInclusion } = require(join(folder, "merkle.js"));
const { verifyCheckpoint } = require(join(folder, "checkpoint.js"));

// name+id+base64(algorithm, key) as the "transparency log" that sigstore knows
function logOf(vkey) {
	const [name, id, key] = vkey.trim().split("+", 2).concat(vkey.trim().split("+").slice(2).join("+"));
	const raw = Buffer.from(key, "base64");
	const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw.subarray(1)]);
	return {
		logID: Buffer.from(id, "hex"),
		baseURL: name,
		publicKey: createPublicKey({ key: spki, format: "der", type: "spki" }),
	};
}

const [receiptFile, entryFile, vkeyFile] = process.argv.slice(2);
const text = readFileSync(receiptFile, "utf8");
const cut = text.indexOf("\n\n");
const [head, index, ...hashes] = text.slice(0, cut).split("\n");
try {
	if (head !== "c2sp.org/tlog-proof@v1" || !index.startsWith("index ")) throw new Error("line 1 or 2 is wrong");
	const entry = {
		canonicalizedBody: readFileSync(entryFile),
		inclusionProof: {
			logIndex: index.slice(6),
			hashes: hashes.map((h) => Buffer.from(h, "base64")),
			checkpoint: { envelope: text.slice(cut + 2) },
		},
	};
	const checkpoint = verifyCheckpoint(entry, [logOf(readFileSync(vkeyFile, "utf8"))]);
	verifyMerkleInclusion(entry, checkpoint);
	console.log("ok");
} catch (error) {
	console.log(`receipt: ${error.message}`);
	process.exit(1);
}
