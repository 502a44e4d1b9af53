//! Which values of a controlling field a dependent list's value fits.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A set of positions in the controlling field's list of values, as the same describe gives it
/// (inactive values count); for a checkbox 0 is `false` and 1 is `true`.
///
/// On the wire: base64 of a bitset, the highest bit first, in whole groups of three bytes, cut
/// after the last set bit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValidFor {
    bytes: Vec<u8>,
}

impl ValidFor {
    /// Whether the position belongs to the set.
    pub fn contains(&self, position: usize) -> bool {
        self.bytes.get(position / 8).is_some_and(|byte| byte & (0x80 >> (position % 8)) != 0)
    }
}

impl FromIterator<usize> for ValidFor {
    fn from_iter<I: IntoIterator<Item = usize>>(positions: I) -> Self {
        let mut bytes = Vec::new();
        for position in positions {
            let at = position / 8;
            if bytes.len() <= at {
                bytes.resize((at / 3 + 1) * 3, 0);
            }
            bytes[at] |= 0x80 >> (position % 8);
        }
        ValidFor { bytes }
    }
}

impl Serialize for ValidFor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.bytes))
    }
}

impl<'de> Deserialize<'de> for ValidFor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD.decode(&text).map_err(D::Error::custom)?;
        Ok(ValidFor { bytes })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json, to_value};

    use super::ValidFor;

    fn decoded(text: &str) -> Vec<usize> {
        let set: ValidFor = from_value(json!(text)).expect("base64");
        (0..400).filter(|position| set.contains(*position)).collect()
    }

    #[test]
    fn the_highest_bit_comes_first() {
        assert_eq!(decoded("AAAAAgAA"), [30]);
        assert_eq!(decoded("AAAAAAAAAAAAAAAAAEAA"), [105]);
        assert_eq!(decoded("gAAA"), [0]);
        assert_eq!(decoded(""), Vec::<usize>::new());
    }

    #[test]
    fn writing_pads_to_three_bytes_as_orgs_do() {
        let written = |positions: &[usize]| {
            to_value(positions.iter().copied().collect::<ValidFor>()).expect("text")
        };
        assert_eq!(written(&[30]), "AAAAAgAA");
        assert_eq!(written(&[105]), "AAAAAAAAAAAAAAAAAEAA");
        assert_eq!(written(&[0, 1, 23]), "wAAB");
        assert_eq!(written(&[]), "");
    }
}
