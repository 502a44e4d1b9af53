import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import jsforce from "jsforce";

import { startOrg } from "./org.mjs";

let org;
let connection;

before(async () => {
  org = await startOrg();
  connection = new jsforce.Connection({
    version: "66.0",
    instanceUrl: org.url,
    oauth2: { loginUrl: org.url, clientId: org.key, clientSecret: org.secret },
  });
  await connection.authorize({ grant_type: "client_credentials" });
});

after(() => org.stop());

const aCase = (more) => ({ Subject: "The heater stopped", Channel__c: "web_chat", ...more });

const code = async (work) => {
  try {
    await work();
  } catch (error) {
    return error.errorCode ?? error.name;
  }
  return "none";
};

test("it logs in and knows who it is", async () => {
  assert.equal(connection.instanceUrl, org.url);
  const me = await connection.identity();
  assert.equal(me.preferred_username ?? me.username, "integration@warmhaus.example");
});

test("it describes the org and an object", async () => {
  const global = await connection.describeGlobal();
  assert.ok(global.sobjects.some((object) => object.name === "Case"));
  const describe = await connection.sobject("Case").describe();
  const component = describe.fields.find((field) => field.name === "Component__c");
  assert.equal(component.controllerName, "Product__c");
  assert.ok(component.picklistValues.length > 3);
});

test("it creates, reads, changes and deletes a row", async () => {
  const cases = connection.sobject("Case");
  const made = await cases.create(aCase());
  assert.ok(made.success && made.id.startsWith("500"));
  const row = await cases.retrieve(made.id);
  assert.equal(row.Status, "New");
  assert.ok((await cases.update({ Id: made.id, Status: "Working" })).success);
  assert.equal((await cases.retrieve(made.id)).Status, "Working");
  assert.ok((await cases.destroy(made.id)).success);
});

test("it upserts by an external id", async () => {
  const row = aCase({ Tidegate_Key__c: "js-1" });
  const first = await connection.sobject("Case").upsert(row, "Tidegate_Key__c");
  const second = await connection.sobject("Case").upsert(row, "Tidegate_Key__c");
  assert.equal(first.created, true);
  assert.equal(second.created, false);
  assert.equal(first.id, second.id);
});

test("it writes and reads several rows at once", async () => {
  const cases = connection.sobject("Case");
  const made = await cases.create([aCase(), { Subject: "no channel" }]);
  assert.deepEqual(made.map((result) => result.success), [true, false]);
  assert.equal(made[1].errors[0].statusCode ?? made[1].errors[0].errorCode, "REQUIRED_FIELD_MISSING");
  const changed = await cases.update([{ Id: made[0].id, Subject: "changed" }]);
  assert.equal(changed[0].success, true);
  const rows = await cases.retrieve([made[0].id]);
  assert.equal(rows[0].Subject, "changed");
});

test("it queries parent fields, page by page", async () => {
  const [ada] = (await connection.query("SELECT Id FROM Contact WHERE LastName = 'Lovelace'")).records;
  for (let start = 0; start < 300; start += 150) {
    const rows = Array.from({ length: 150 }, () => aCase({ ContactId: ada.Id, Origin: "Web" }));
    await connection.sobject("Case").create(rows, { allOrNone: true });
  }
  const soql = "SELECT Id, Contact.Name, Contact.Account.Name, Owner.Name FROM Case WHERE Origin = 'Web'";
  const headers = { "Sforce-Query-Options": "batchSize=200" };
  const first = await connection.query(soql, { headers });
  assert.deepEqual([first.totalSize, first.done, first.records.length], [300, false, 200]);
  assert.equal(first.records[0].Contact.Account.Name, "Lovelace Mills");
  const second = await connection.queryMore(first.nextRecordsUrl);
  assert.deepEqual([second.done, second.records.length], [true, 100]);
});

test("it names ten errors by their codes", async () => {
  const cases = connection.sobject("Case");
  await cases.upsert(aCase({ Tidegate_Key__c: "js-once" }), "Tidegate_Key__c");
  const gone = await cases.create(aCase());
  await cases.destroy(gone.id);
  const refusals = {
    REQUIRED_FIELD_MISSING: () => cases.create({ Subject: "x" }),
    INVALID_FIELD: () => cases.create(aCase({ Nope__c: 1 })),
    INVALID_FIELD_FOR_INSERT_UPDATE: () => cases.create(aCase({ Risk_Score__c: 1 })),
    INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: () => cases.create(aCase({ Channel__c: "pigeon" })),
    STRING_TOO_LONG: () => cases.create(aCase({ Order_Number__c: "x".repeat(21) })),
    INVALID_EMAIL_ADDRESS: () => cases.create(aCase({ SuppliedEmail: "badone" })),
    DUPLICATE_VALUE: () => cases.create(aCase({ Tidegate_Key__c: "js-once" })),
    ENTITY_IS_DELETED: () => cases.update({ Id: gone.id, Subject: "x" }),
    INVALID_TYPE: () => connection.query("SELECT Id FROM Casse"),
    MALFORMED_QUERY: () => connection.query("SELECT FROM Case"),
    NOT_FOUND: () => connection.sobject("Casse").describe(),
  };
  for (const [expected, work] of Object.entries(refusals)) {
    assert.equal(await code(work), expected);
  }
});

test("it sees the day's requests used up", async () => {
  await org.operator("faults", { next: { daily_limit: 1 } });
  assert.equal(await code(() => connection.sobject("Case").create(aCase())), "REQUEST_LIMIT_EXCEEDED");
  assert.equal(connection.limitInfo.apiUsage.used, connection.limitInfo.apiUsage.limit);
});
