//! Ids of the live chat that are no record's: UUIDs, most of them chosen by clients.

use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid, Variant};

use super::problem::Problem;

/// A new random id.
pub(crate) fn random() -> String {
    Uuid::new_v4().to_string()
}

/// The same id for the same parts, in every org.
pub(crate) fn derived(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let digest = hash.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// An id that a client chose.
pub(crate) fn chosen(text: &str, what: &str, strict: bool) -> Result<String, Problem> {
    let random = |id: &Uuid| id.get_version_num() == 4 && id.get_variant() == Variant::RFC4122;
    let fits = match text.parse::<Uuid>() {
        Ok(id) if strict => random(&id) && id.to_string() == text,
        Ok(_) => true,
        Err(_) => false,
    };
    if fits {
        return Ok(text.to_owned());
    }
    Err(Problem::bad(format!("{what} must be a lowercase RFC 4122 version 4 UUID: '{text}'")))
}

#[cfg(test)]
mod tests {
    use super::{chosen, derived, random};

    #[test]
    fn only_random_uuids_in_lower_case_are_taken() {
        let good = random();
        assert_eq!(chosen(&good, "id", true), Ok(good.clone()));
        assert_eq!(derived(&["a", "b"]), derived(&["a", "b"]));
        assert_ne!(derived(&["a", "b"]), derived(&["ab", ""]));
        assert!(chosen(&derived(&["x"]), "id", true).is_ok());
        let name_based = "74738ff5-5367-5958-9aee-98fffdcd1876";
        for bad in [good.to_uppercase().as_str(), "1", "", &good.replace('-', ""), name_based] {
            assert!(chosen(bad, "id", true).is_err(), "{bad}");
        }
        assert!(chosen(name_based, "id", false).is_ok());
    }
}
