//! A local Salesforce org made from a schema: REST, OAuth and a ledger of every write.
