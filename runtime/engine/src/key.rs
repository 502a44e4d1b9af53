//! Names that are the same at every replay.

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// The key of an effect: shaped as a version 4 UUID, a hash of what makes the effect this one.
///
/// `step` is the step's stable id, not its position, so that a key survives changes elsewhere in
/// the program; `role` tells apart what one execution of a step asks for.
pub fn effect_key(
    org_id: &str,
    conversation: Uuid,
    step: &str,
    occurrence: u32,
    role: &str,
) -> Uuid {
    let mut hash = Sha256::new();
    for part in [
        org_id.as_bytes(),
        conversation.as_bytes(),
        step.as_bytes(),
        &occurrence.to_be_bytes(),
        role.as_bytes(),
    ] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Builder::from_random_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::effect_key;
    use uuid::Uuid;

    #[test]
    fn a_key_is_a_version_4_uuid_that_never_changes() {
        let key =
            effect_key("00D000000000001EAA", Uuid::nil(), "support/create open_case", 1, "case");
        insta::assert_snapshot!(key);
        assert_eq!(key.get_version_num(), 4);
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let key = |step, role| effect_key("org", Uuid::nil(), step, 1, role);
        assert_ne!(key("ab", "c"), key("a", "bc"));
    }
}
