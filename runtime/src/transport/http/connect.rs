//! TLS for blocking calls, with the same trust as for those that are awaited.
//!
//! ureq's own connector trusts the platform or a list, and not both; and it does not tell a handshake that failed from a
//! connection that did, after which nobody knows whether a POST was processed.

use std::fmt;
use std::io::{Read as _, Write as _};
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use ureq::Error;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport, TransportAdapter,
};

/// Puts TLS around a connection that needs it.
#[derive(Debug)]
pub(super) struct Tls(pub(super) Arc<ClientConfig>);

impl<In: Transport> Connector<In> for Tls {
    type Out = Either<In, Wrapped>;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        let Some(transport) = chained else { return Ok(None) };
        if !details.needs_tls() || transport.is_tls() {
            return Ok(Some(Either::A(transport)));
        }
        let stream = self.shake_hands(details, Box::new(transport)).map_err(|error| Error::Other(error.into()))?;
        let buffers = LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        Ok(Some(Either::B(Wrapped { buffers, stream })))
    }
}

type Stream = StreamOwned<ClientConnection, TransportAdapter>;

impl Tls {
    fn shake_hands(&self, details: &ConnectionDetails<'_>, transport: Box<dyn Transport>) -> Result<Stream, Handshake> {
        let host = details.uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(host.to_owned()).map_err(|_| Handshake("the host has no name".to_owned()))?;
        let told = |error: &dyn fmt::Display| Handshake(error.to_string());
        let mut connection = ClientConnection::new(self.0.clone(), name).map_err(|error| told(&error))?;
        let mut socket = TransportAdapter::new(transport, details.current_time.clone());
        socket.set_timeout(details.timeout);
        connection.complete_io(&mut socket).map_err(|error| told(&error))?;
        Ok(StreamOwned { conn: connection, sock: socket })
    }
}

/// TLS did not come about, so nothing was sent.
#[derive(Debug)]
pub(super) struct Handshake(String);

impl fmt::Display for Handshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the TLS handshake failed: {}", self.0)
    }
}

impl std::error::Error for Handshake {}

/// A connection with TLS around it.
pub(super) struct Wrapped {
    buffers: LazyBuffers,
    stream: Stream,
}

impl Transport for Wrapped {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.stream.get_mut().set_timeout(timeout);
        Ok(self.stream.write_all(&self.buffers.output()[..amount])?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.stream.get_mut().set_timeout(timeout);
        // A connection that is closed without a word of TLS may have been cut off: that is an error.
        let amount = self.stream.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.get_mut().get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}

impl fmt::Debug for Wrapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wrapped").finish_non_exhaustive()
    }
}
