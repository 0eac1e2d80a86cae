// Lints an OpenAPI document with Redocly's rules ("recommended"); every error and every warning counts.
//   node lint.mjs FILE
import { createConfig, lint } from '@redocly/openapi-core';

// Off, with the reason: a tag is the name of a group of the route table and says nothing that its routes do not.
const config = await createConfig({
	extends: ['recommended'],
	rules: { 'tag-description': 'off' },
});
const problems = await lint({ ref: process.argv[2], config });
for (const p of problems) {
	console.log(`${p.severity} ${p.ruleId}: ${p.message} at ${p.location.map((l) => l.pointer).join(' ')}`);
}
process.exit(problems.length === 0 ? 0 : 1);
