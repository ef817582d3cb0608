//! Bodies of replies in HTTP/1.1: where they end (RFC 9112, section 6.3).

use std::io::{self, BufRead, ErrorKind, Read};

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::response::Parts;
use http::{Method, StatusCode};

use super::wire::malformed;

/// Bytes of a line that says how large a chunk is, or of a trailer.
const LINE: u64 = 16 << 10;
/// Lines of a trailer.
const TRAILERS: usize = 128;

/// How a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// After so many bytes.
    Length(u64),
    /// After a chunk of no bytes, and the trailers.
    Chunked,
    /// With the connection.
    Close,
}

impl Framing {
    pub(super) fn of(method: &Method, head: &Parts) -> io::Result<Self> {
        let status = head.status;
        let tunnel = *method == Method::CONNECT && status.is_success();
        let bodiless =
            [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED].contains(&status) || status.is_informational();
        if bodiless || tunnel || *method == Method::HEAD {
            return Ok(Framing::Length(0));
        }
        let mut codings = head.headers.get_all(TRANSFER_ENCODING).iter();
        match (codings.next(), codings.next()) {
            (None, _) => {}
            (Some(coding), None) if coding.as_bytes().trim_ascii().eq_ignore_ascii_case(b"chunked") => {
                return Ok(Framing::Chunked);
            }
            _ => return Err(malformed("the reply has a transfer coding that nobody asked for")),
        }
        let lengths = head.headers.get_all(CONTENT_LENGTH);
        let mut lengths = lengths.iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).map(length);
        let Some(first) = lengths.next() else { return Ok(Framing::Close) };
        match first {
            Some(length) if lengths.all(|other| other == first) => Ok(Framing::Length(length)),
            _ => Err(malformed("the reply has a length that is none, or several")),
        }
    }
}

fn length(digits: &[u8]) -> Option<u64> {
    let digits = digits.trim_ascii();
    // A sign would be a number for Rust.
    let digits = digits.iter().all(u8::is_ascii_digit).then_some(digits)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Reads a body, and not one byte that is behind it. An end that comes too early is an error.
pub(super) struct Incoming<'a, R> {
    from: &'a mut R,
    left: Left,
}

/// What is still to come.
enum Left {
    Nothing,
    Length(u64),
    /// The size of a chunk.
    Size,
    /// So much of a chunk, and more after it.
    Chunk(u64),
    UntilClose,
}

impl<'a, R: BufRead> Incoming<'a, R> {
    pub(super) fn new(from: &'a mut R, framing: Framing) -> Self {
        let left = match framing {
            Framing::Length(0) => Left::Nothing,
            Framing::Length(length) => Left::Length(length),
            Framing::Chunked => Left::Size,
            Framing::Close => Left::UntilClose,
        };
        Incoming { from, left }
    }

    /// Is it read to its end?
    pub(super) fn is_complete(&self) -> bool {
        matches!(self.left, Left::Nothing)
    }

    /// A line, without its end.
    fn line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        (&mut *self.from).take(LINE).read_until(b'\n', &mut line)?;
        match line.strip_suffix(b"\r\n") {
            Some(rest) => Ok(rest.to_vec()),
            None if line.ends_with(b"\n") || line.len() as u64 == LINE => Err(malformed("the chunks are none")),
            None => Err(ErrorKind::UnexpectedEof.into()),
        }
    }

    /// The next chunk, or the end.
    fn next_chunk(&mut self) -> io::Result<Left> {
        let mut line = self.line()?;
        line.extend_from_slice(b"\r\n");
        match httparse::parse_chunk_size(&line) {
            Ok(httparse::Status::Complete((_, 0))) => {}
            Ok(httparse::Status::Complete((_, size))) => return Ok(Left::Chunk(size)),
            _ => return Err(malformed("the chunks are none")),
        }
        for _ in 0..TRAILERS {
            if self.line()?.is_empty() {
                return Ok(Left::Nothing);
            }
        }
        Err(malformed("the reply has too many trailers"))
    }

    /// Reads some of the next `most` bytes.
    fn some(&mut self, buffer: &mut [u8], most: u64) -> io::Result<u64> {
        let most = usize::try_from(most).map_or(buffer.len(), |most| most.min(buffer.len()));
        match self.from.read(&mut buffer[..most])? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            read => Ok(read as u64),
        }
    }
}

impl<R: BufRead> Read for Incoming<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if let Left::Size = self.left {
            self.left = self.next_chunk()?;
        }
        let read = match self.left {
            Left::Nothing | Left::Size => 0,
            Left::Length(left) => {
                let read = self.some(buffer, left)?;
                self.left = if read == left { Left::Nothing } else { Left::Length(left - read) };
                read
            }
            Left::Chunk(left) => {
                let read = self.some(buffer, left)?;
                self.left = Left::Chunk(left - read);
                if read == left {
                    if !self.line()?.is_empty() {
                        return Err(malformed("a chunk is longer than it says"));
                    }
                    self.left = Left::Size;
                }
                read
            }
            Left::UntilClose => {
                let read = self.from.read(buffer)?;
                if read == 0 {
                    self.left = Left::Nothing;
                }
                read as u64
            }
        };
        // No more than the buffer has.
        Ok(read as usize)
    }
}
