//! What programs read is JSON in which no object has a key twice.

use std::collections::BTreeSet;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::{binary, change, project};

/// Any JSON, refused where an object has a key twice.
struct Once;

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Once)
    }
}

impl<'de> Visitor<'de> for Once {
    type Value = Self;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Once>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self, A::Error> {
        let mut keys = BTreeSet::new();
        while let Some((key, Once)) = entries.next_entry::<String, Once>()? {
            if keys.contains(&key) {
                return Err(A::Error::custom(format!("`{key}` stands twice")));
            }
            keys.insert(key);
        }
        Ok(self)
    }
}

#[test]
fn no_object_has_a_key_twice() {
    assert!(serde_json::from_str::<Once>(r#"[{"a": 1, "b": {"c": 1, "c": 2}}]"#).is_err());
    let folder = project();
    change(folder.path(), "pushes.tide", "owner queue Tier_1", "owner queue Teir_1");
    for arguments in [["check", ".", "--format", "json"], ["test", ".", "--format", "json"]] {
        let done = std::process::Command::new(binary())
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .expect("the tidegate binary");
        let text = String::from_utf8(done.stdout).expect("UTF-8");
        assert!(text.contains("\"trace\""), "a diagnostic: {text}");
        if let Err(error) = serde_json::from_str::<Once>(&text) {
            panic!("{arguments:?}: {error}: {text}");
        }
    }
}
