//! Bodies of requests: JSON, whole, of the known shape.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use serde::Deserializer;
use serde::de::{DeserializeOwned, Error as _, MapAccess, Visitor};
use sha2::{Digest as _, Sha256};

use super::problem::Problem;
use super::shape;
use crate::app::App;

/// A body of a known shape, and the hash of its bytes.
#[derive(Debug)]
pub(crate) struct Body<T> {
    pub(crate) value: T,
    pub(crate) hash: [u8; 32],
}

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if !kind.is_some_and(is_json) {
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send application/json"));
        }
        let path = request.uri().path().to_owned();
        let bytes = tokio::time::timeout(app.body_deadline, Bytes::from_request(request, app));
        let bytes = bytes.await.map_err(|_| Problem::late())?.map_err(|rejection| {
            Problem::new(rejection.status(), "the body is too large or did not arrive whole")
        })?;
        Self::read(&path, &bytes)
    }
}

impl<T: DeserializeOwned> Body<T> {
    /// Reads the bytes that were sent to a path.
    pub(super) fn read(path: &str, bytes: &[u8]) -> Result<Self, Problem> {
        let value = shape::read(bytes).map_err(Problem::bad_request)?;
        // The same id sent to another route is another request.
        let hash = Sha256::new().chain_update(path).chain_update([0]).chain_update(bytes);
        Ok(Self { value, hash: hash.finalize().into() })
    }
}

/// An object in which no name stands twice, as in every other object of a body.
pub(super) fn distinct<'de, D: Deserializer<'de>>(
    decoder: D,
) -> Result<BTreeMap<String, String>, D::Error> {
    struct Distinct;
    impl<'de> Visitor<'de> for Distinct {
        type Value = BTreeMap<String, String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of texts")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut values = BTreeMap::new();
            while let Some((name, value)) = map.next_entry()? {
                if values.insert(name, value).is_some() {
                    return Err(A::Error::custom("a name stands twice"));
                }
            }
            Ok(values)
        }
    }
    decoder.deserialize_map(Distinct)
}

fn is_json(kind: &str) -> bool {
    let essence = kind.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}
