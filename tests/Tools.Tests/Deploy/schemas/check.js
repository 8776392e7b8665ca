// Validates a JSON array on stdin.
// check.js kubernetes          objects of the API; prints a line for each object with problems
// check.js values SCHEMA       objects by a JSON schema; prints a line for each, empty without problems
"use strict";
const fs = require("fs");
const [kind, schema] = process.argv.slice(2);
const input = JSON.parse(fs.readFileSync(0, "utf8"));

function models(apiVersion) {
  // The core group has no name: its kinds are below "v1".
  return require("kubernetes-models/" + apiVersion);
}

if (kind === "kubernetes") {
  for (const object of input) {
    const model = models(object.apiVersion)[object.kind];
    if (model === undefined) {
      console.log(`${object.apiVersion} has no kind ${object.kind}`);
      continue;
    }
    try {
      new model(object).validate();
    } catch (error) {
      console.log(`${object.kind} ${object.metadata?.name}: ${error.message.split("\n").join("; ")}`);
    }
  }
} else {
  const Ajv = require("ajv");
  const validate = new Ajv({ allErrors: true }).compile(JSON.parse(fs.readFileSync(schema, "utf8")));
  for (const values of input) {
    validate(values);
    console.log((validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`).join("; "));
  }
}
