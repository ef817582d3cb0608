//! Bytes that travel as Base64 text.

use std::fmt;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Kinds, Value};
use crate::json::{Fault, Reader, Writer};
use crate::model::Decimals;
use crate::update::Update;

/// The standard alphabet; padding is written and need not be there to be read.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Bytes that are Base64 text in JSON.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Base64(pub Vec<u8>);

impl Value for Base64 {
    const KINDS: Kinds = Kinds::STRING;
    const HAS_FORMS: bool = true;

    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let text = reader.string()?;
        let decoded = match text.contains(['\n', '\r']) {
            // Lines of 76 characters, as in mail.
            true => ENGINE.decode(text.replace(['\n', '\r'], "")),
            false => ENGINE.decode(&*text),
        };
        decoded.map(Base64).map_err(|_| reader.fault("expected Base64"))
    }

    fn write(&self, writer: &mut Writer) {
        writer.string(&ENGINE.encode(&self.0));
    }

    fn is_plain(&self, text: &str, _: Decimals) -> bool {
        (text.len() - 2).is_multiple_of(4) && !text.contains('\\')
    }
}

/// Something that may be a file in Base64.
pub trait File {
    /// How many bytes it has, before they are encoded; 0: there is none.
    fn size(&self) -> usize;
}

impl File for &Base64 {
    fn size(&self) -> usize {
        self.0.len()
    }
}

impl<F: File> File for Option<F> {
    fn size(&self) -> usize {
        self.as_ref().map_or(0, File::size)
    }
}

impl File for &Option<Base64> {
    fn size(&self) -> usize {
        self.as_ref().map_or(0, |file| file.0.len())
    }
}

impl File for &Update<Base64> {
    fn size(&self) -> usize {
        match self {
            Update::Set(file) => file.0.len(),
            Update::Unchanged | Update::Clear => 0,
        }
    }
}

impl fmt::Debug for Base64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Base64({} bytes)", self.0.len())
    }
}

impl From<Vec<u8>> for Base64 {
    fn from(bytes: Vec<u8>) -> Self {
        Base64(bytes)
    }
}

impl From<&[u8]> for Base64 {
    fn from(bytes: &[u8]) -> Self {
        Base64(bytes.to_vec())
    }
}

impl AsRef<[u8]> for Base64 {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
