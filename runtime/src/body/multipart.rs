//! `multipart/form-data`.

use std::any::Any;
use std::fmt;

use bytes::Bytes;

use super::{random_hex, texts};
use crate::json::{Fault, Reader, Writer};
use crate::model::Model;
use crate::slot::Slot;
use crate::value::{Base64, Kinds, Value};

/// A file in a form.
#[derive(Clone, Default, PartialEq)]
pub struct Part {
    bytes: Bytes,
    file_name: Option<String>,
    media_type: Option<String>,
}

impl Part {
    /// A file of these bytes.
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        Part { bytes: bytes.into(), ..Part::default() }
    }

    /// Names the file.
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    /// Says what it is, e.g. `application/pdf`.
    pub fn media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }
}

impl From<Vec<u8>> for Part {
    fn from(bytes: Vec<u8>) -> Self {
        Part::new(bytes)
    }
}

impl From<Bytes> for Part {
    fn from(bytes: Bytes) -> Self {
        Part::new(bytes)
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Part({} bytes, {:?}, {:?})", self.bytes.len(), self.file_name, self.media_type)
    }
}

/// In JSON, a file is its bytes in Base64.
impl Value for Part {
    const KINDS: Kinds = Kinds::STRING;

    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        Base64::read(reader).map(|bytes| Part::new(bytes.0))
    }

    fn write(&self, writer: &mut Writer) {
        Value::write(&Base64(self.bytes.to_vec()), writer);
    }
}

/// The media type and the body of a form.
pub(crate) fn multipart(model: &dyn Model) -> Result<(String, Bytes), String> {
    let boundary = random_hex()?;
    let mut body = Vec::new();
    let shape = model.shape();
    let files: Vec<_> = shape
        .properties
        .iter()
        .enumerate()
        .filter_map(|(index, name)| model.slot(index).and_then(parts).map(|parts| (*name, parts)))
        .collect();
    for (name, text) in texts(model) {
        if files.iter().all(|(file, _)| *file != name) {
            head(&mut body, &boundary, &name, None);
            body.extend_from_slice(text.as_bytes());
            body.extend_from_slice(b"\r\n");
        }
    }
    for (name, parts) in files {
        for part in parts {
            head(&mut body, &boundary, name, Some(part));
            body.extend_from_slice(&part.bytes);
            body.extend_from_slice(b"\r\n");
        }
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Ok((format!("multipart/form-data; boundary={boundary}"), body.into()))
}

/// The files of a property, if files are what it holds.
fn parts(slot: &dyn Slot) -> Option<Vec<&Part>> {
    let any: &dyn Any = slot;
    if let Some(part) = any.downcast_ref::<Part>() {
        return Some(vec![part]);
    }
    if let Some(part) = any.downcast_ref::<Option<Part>>() {
        return Some(part.iter().collect());
    }
    if let Some(parts) = any.downcast_ref::<Vec<Part>>() {
        return Some(parts.iter().collect());
    }
    any.downcast_ref::<Option<Vec<Part>>>().map(|parts| parts.iter().flatten().collect())
}

fn head(body: &mut Vec<u8>, boundary: &str, name: &str, file: Option<&Part>) {
    let mut head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", quoted(name));
    if let Some(file) = file {
        let name = file.file_name.as_deref().unwrap_or("file");
        let media_type = file.media_type.as_deref().unwrap_or("application/octet-stream");
        head.push_str(&format!(
            "; filename=\"{}\"\r\nContent-Type: {}",
            quoted(name),
            media_type.replace(['\r', '\n'], "")
        ));
    }
    head.push_str("\r\n\r\n");
    body.extend_from_slice(head.as_bytes());
}

/// As browsers do it (WHATWG HTML, "multipart form data").
fn quoted(text: &str) -> String {
    text.replace('\r', "%0D").replace('\n', "%0A").replace('"', "%22")
}
