//! Spans for `tracing`, with the names of OpenTelemetry: one for each call, and one within it for each attempt.
//!
//! They hold the operation, the path template and the status: no URL, no query, no header, no body. Without the feature
//! `tracing` nothing of this is there.

#[cfg(feature = "tracing")]
pub(crate) use on::Span;

#[cfg(not(feature = "tracing"))]
pub(crate) use off::Span;

#[cfg(feature = "tracing")]
mod on {
    use tracing::Instrument as _;
    use tracing::field::Empty;

    use crate::api::Operation;
    use crate::error::Error;

    /// A call, or an attempt.
    #[derive(Debug, Clone)]
    pub(crate) struct Span(tracing::Span);

    impl Span {
        /// A call, with all its attempts and all its waiting.
        pub(crate) fn call(operation: &'static Operation) -> Self {
            Span(tracing::info_span!(
                "sage call",
                otel.kind = "internal",
                sage.operation = operation.id,
                sage.attempts = Empty,
                http.response.status_code = Empty,
                error.r#type = Empty,
            ))
        }

        /// One attempt; `before` is how many there were.
        pub(crate) fn attempt(operation: &'static Operation, before: u32) -> Self {
            Span(tracing::info_span!(
                "sage attempt",
                otel.kind = "client",
                http.request.method = operation.method.to_http().as_str(),
                url.template = operation.path,
                http.request.resend_count = before,
                sage.operation = operation.id,
                http.response.status_code = Empty,
                error.r#type = Empty,
            ))
        }

        /// Does the work within the span.
        pub(crate) async fn within<F: Future>(self, work: F) -> F::Output {
            work.instrument(self.0).await
        }

        /// How it ended.
        pub(crate) fn end(&self, attempts: Option<u32>, status: Option<u16>, error: Option<&Error>) {
            if let Some(attempts) = attempts {
                self.0.record("sage.attempts", attempts);
            }
            if let Some(status) = status {
                self.0.record("http.response.status_code", status);
            }
            if let Some(error) = error {
                self.0.record("error.type", tracing::field::debug(error.kind()));
            }
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    use crate::api::Operation;
    use crate::error::Error;

    /// Nothing.
    #[derive(Debug, Clone)]
    pub(crate) struct Span;

    impl Span {
        pub(crate) fn call(_: &'static Operation) -> Self {
            Span
        }

        pub(crate) fn attempt(_: &'static Operation, _: u32) -> Self {
            Span
        }

        pub(crate) fn within<F: Future>(self, work: F) -> F {
            work
        }

        pub(crate) fn end(&self, _: Option<u32>, _: Option<u16>, _: Option<&Error>) {}
    }
}
