//! Records: create, read, update, query, and files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue, Method};
use reqwest::StatusCode;
use serde_json::{Map, Value, json};

use crate::client::{Address, Answered, Call, Client};
use crate::error::{Error, Refusal};
use crate::name::{ApiName, RecordId};
use crate::soql::Soql;
use crate::wire::{CreateAnswer, QueryPage};

/// A record as JSON: values by field, `null` for a blank one, with `attributes` among them where the
/// org sent it.
pub type Row = Map<String, Value>;

/// Something to tell the org along with a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaveOption {
    /// Whether assignment rules run, which may replace the owner; the org takes silence for yes.
    AutoAssign(bool),
}

impl SaveOption {
    fn header(self) -> (HeaderName, HeaderValue) {
        match self {
            SaveOption::AutoAssign(run) => (
                HeaderName::from_static("sforce-auto-assign"),
                HeaderValue::from_static(if run { "TRUE" } else { "FALSE" }),
            ),
        }
    }
}

/// Bytes of a file at most: as base64 in JSON they are a third more, and 37.5 million are taken.
const LARGEST_FILE: usize = 28_000_000;

/// A file to be attached to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upload<'a> {
    /// The record whose file it will be.
    pub parent: &'a RecordId,
    /// What users of Salesforce see.
    pub title: &'a str,
    /// Its name with an extension, which tells the org its type.
    pub file_name: &'a str,
    /// At most 28 million bytes.
    pub bytes: &'a [u8],
}

impl Client {
    /// Creates a record.
    ///
    /// # Errors
    ///
    /// As any call; [`Error::Duplicate`] where a unique field already holds a value.
    /// [`Error::Unclear`] where the record may exist: also after a success without a usable id.
    pub async fn create(
        &self,
        object: &ApiName,
        fields: &Row,
        options: &[SaveOption],
    ) -> Result<RecordId, Error> {
        let mut call = Call::new(Method::POST, self.data(&["sobjects", object.as_str()]).await?);
        call.headers.extend(options.iter().map(|option| option.header()));
        call.body = Some(Value::Object(fields.clone()));
        created(self.send(call).await?)
    }

    /// Reads some fields of a record.
    ///
    /// # Errors
    ///
    /// As any call; [`Error::is_not_found`] where there is none that this user may see.
    pub async fn read(
        &self,
        object: &ApiName,
        id: &RecordId,
        fields: &[ApiName],
    ) -> Result<Row, Error> {
        let address = self.data(&["sobjects", object.as_str(), id.as_str()]).await?;
        self.send(Call::get(address.with("fields", joined(fields)))).await?.exact()
    }

    /// Reads some fields of the record whose key field holds a value; `None` where there is none
    /// that this user may see. The field must be an external id or usable as one.
    ///
    /// # Errors
    ///
    /// As any call; [`Error::SeveralMatch`] where the key is not unique after all.
    pub async fn read_by_key(
        &self,
        object: &ApiName,
        key: &ApiName,
        value: &str,
        fields: &[ApiName],
    ) -> Result<Option<Row>, Error> {
        let address = self.data(&["sobjects", object.as_str(), key.as_str(), value]).await?;
        let answered = self.send(Call::get(address.with("fields", joined(fields)))).await?;
        if answered.status == StatusCode::MULTIPLE_CHOICES {
            return Err(Error::SeveralMatch { key: key.as_str().to_owned() });
        }
        match answered.exact() {
            Ok(row) => Ok(Some(row)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sets some fields of a record; `null` clears one.
    ///
    /// # Errors
    ///
    /// As any call.
    pub async fn update(
        &self,
        object: &ApiName,
        id: &RecordId,
        fields: &Row,
        options: &[SaveOption],
    ) -> Result<(), Error> {
        let address = self.data(&["sobjects", object.as_str(), id.as_str()]).await?;
        let mut call = Call::new(Method::PATCH, address);
        call.headers.extend(options.iter().map(|option| option.header()));
        call.body = Some(Value::Object(fields.clone()));
        self.send(call).await?.success().map(drop)
    }

    /// Runs a query and reads all its pages.
    ///
    /// # Errors
    ///
    /// As any call. A next page that leads out of the org's data is [`Error::Unclear`].
    pub async fn query(&self, soql: &Soql) -> Result<Vec<Row>, Error> {
        let mut address = self.data(&["query"]).await?.with("q", soql.as_str());
        let mut rows = Vec::new();
        loop {
            let page: QueryPage = self.send(Call::get(address)).await?.exact()?;
            let empty = page.records.is_empty();
            rows.extend(page.records);
            match page.next_records_url {
                Some(next) if !page.done && !empty => {
                    address = Address::given(&next).ok_or_else(|| {
                        Error::unclear(200, "the next page of a query lies elsewhere")
                    })?;
                }
                _ => return Ok(rows),
            }
        }
    }

    /// Attaches a file to a record, as its first version. Repeating it makes a second file.
    ///
    /// # Errors
    ///
    /// As any call.
    pub async fn upload(&self, file: &Upload<'_>) -> Result<RecordId, Error> {
        if file.bytes.len() > LARGEST_FILE {
            let what = format!("a file of more than {LARGEST_FILE} bytes");
            return Err(Error::Unaskable { what });
        }
        let mut call = Call::new(Method::POST, self.data(&["sobjects", "ContentVersion"]).await?);
        call.patient = true;
        call.body = Some(json!({
            "Title": file.title,
            "PathOnClient": file.file_name,
            "FirstPublishLocationId": file.parent.as_str(),
            "VersionData": STANDARD.encode(file.bytes),
        }));
        created(self.send(call).await?)
    }
}

fn joined(fields: &[ApiName]) -> String {
    let names: Vec<&str> = fields.iter().map(ApiName::as_str).collect();
    names.join(",")
}

fn created(answered: Answered) -> Result<RecordId, Error> {
    let status = answered.status.as_u16();
    let answer: CreateAnswer = answered.json()?;
    if !answer.success && !answer.errors.is_empty() {
        return Err(Error::Refused(Refusal::new(status, answer.errors)));
    }
    RecordId::new(&answer.id)
        .map_err(|_| Error::unclear(status, "a record was created, and its id was not told"))
}
