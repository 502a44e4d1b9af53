//! Reading the built-in schema, and holding it to what the org relies on.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{FieldType, ObjectSchema, OrgRules, Schema};

const ORG: &str = include_str!("../../../schema/org.toml");

macro_rules! schema_files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../schema/", $name, ".toml")))),*]
    };
}

const OF_THE_BUSINESS: [(&str, &str); 6] = schema_files![
    "Account",
    "Case",
    "CaseComment",
    "Contact",
    "ContentDocument",
    "ContentDocumentLink",
];

/// Objects that the org itself lives by: it needs fields of them that no program may have asked for.
const LIVED_BY: [(&str, &str); 11] = schema_files![
    "BusinessHours",
    "ContentVersion",
    "Group",
    "Holiday",
    "MessagingChannel",
    "MessagingEndUser",
    "MessagingSession",
    "Organization",
    "QueueSobject",
    "RecordType",
    "User",
];

/// The org's metadata can't be read.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// A file is not of the format.
    #[error("schema file `{file}`: {problem}")]
    File {
        /// Its name without the ending.
        file: String,
        /// What TOML says.
        problem: Box<toml::de::Error>,
    },
    /// A describe of a real org, or the directory of them, is not one.
    #[error("describe `{}`: {problem}", path.display())]
    Describe {
        /// The file or directory.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The files contradict themselves.
    #[error("schema: {0}")]
    Contradiction(String),
}

pub(super) fn embedded() -> Result<Schema, SchemaError> {
    let (objects, rules) = built_in()?;
    link(objects, rules)
}

/// What is built into the program, not yet linked.
pub(super) fn built_in() -> Result<(Vec<ObjectSchema>, OrgRules), SchemaError> {
    let rules: OrgRules = read("org", ORG)?;
    let files = OF_THE_BUSINESS.iter().chain(&LIVED_BY);
    let objects = files.map(|(file, text)| read(file, text)).collect::<Result<Vec<_>, _>>()?;
    Ok((objects, rules))
}

/// Whether the org itself lives by an object.
pub(super) fn lives_by(object: &str) -> bool {
    LIVED_BY.iter().any(|(name, _)| *name == object)
}

pub(in crate::org) fn read<T>(file: &str, text: &str) -> Result<T, SchemaError>
where
    T: serde::de::DeserializeOwned,
{
    toml::from_str(text)
        .map_err(|problem| SchemaError::File { file: file.to_owned(), problem: Box::new(problem) })
}

pub(super) fn link(mut objects: Vec<ObjectSchema>, rules: OrgRules) -> Result<Schema, SchemaError> {
    for object in &mut objects {
        object.index().map_err(SchemaError::Contradiction)?;
    }
    let by_name = objects
        .iter()
        .enumerate()
        .map(|(index, object)| (object.name.to_ascii_lowercase(), index))
        .collect::<BTreeMap<_, _>>();
    let schema = Schema { objects, by_name, rules, others: Vec::new() };
    match schema.contradiction().or_else(|| schema.faulty_rule()) {
        Some(contradiction) => Err(SchemaError::Contradiction(contradiction)),
        None => Ok(schema),
    }
}

impl Schema {
    fn contradiction(&self) -> Option<String> {
        self.objects().find_map(|object| {
            object.fields.iter().find_map(|field| {
                let place = format!("{}.{}", object.name, field.name);
                let stranger = field.to.iter().find(|to| !self.knows(to));
                match (field.field_type, stranger) {
                    (_, Some(stranger)) => Some(format!("{place} points to `{stranger}`")),
                    (FieldType::Reference, None) if field.to.is_empty() => {
                        Some(format!("{place} points nowhere"))
                    }
                    _ => None,
                }
            })
        })
    }

    fn faulty_rule(&self) -> Option<String> {
        self.rules.validation_rules.iter().find_map(|rule| {
            let object = self.object(&rule.object);
            let fields = rule.refuses.iter().map(|test| &test.field).chain(rule.at.as_ref());
            let unknown =
                |name: &&String| object.is_none_or(|object| object.field(name.as_str()).is_none());
            let unknown = { fields }.find(unknown)?;
            Some(format!("the rule {} names {}.{unknown}", rule.name, rule.object))
        })
    }

    fn knows(&self, object: &str) -> bool {
        self.object(object).is_some() || self.rules().outside.iter().any(|name| name == object)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Schema;

    fn required(object: &str) -> Vec<String> {
        let schema = Schema::embedded().expect("the schema loads");
        let object = schema.object(object).expect("the object exists");
        let required = object.fields.iter().filter(|field| field.required_on_create());
        required.map(|field| field.name.clone()).collect()
    }

    #[test]
    fn what_a_create_must_carry_follows_from_the_flags() {
        assert_eq!(required("case"), ["Channel__c"]);
        assert_eq!(required("Contact"), ["LastName", "Customer_Number__c"]);
        assert_eq!(required("CaseComment"), ["ParentId"]);
    }
}
