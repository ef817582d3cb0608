//! Sending: the one way that every request takes. Not generic, and in a box, so that an operation costs nothing to compile.
//!
//! What happens next is decided by [`Exchange`]; here it is done.

use std::borrow::Cow;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Uri};

use super::Draft;
use crate::api::{Method, Operation};
use crate::client::{Core, OWNER};
use crate::error::{Error, Result};
use crate::exchange::{Action, Class, End, Event, Exchange, Plan, retry_after, unless_zero};
use crate::gate::{Patience, Permit, Shut};
use crate::reply::Raw;
use crate::secret::{Secret, Secrets};
use crate::token::{Generation, Token};
use crate::trace::Span;
use crate::transport::{Bounds, BoxFuture, Transport};

const AGENT: &str = concat!("sage-rs/", env!("CARGO_PKG_VERSION"));

impl Draft {
    /// Sends the request.
    pub(crate) fn execute(mut self) -> BoxFuture<'static, Result<Raw>> {
        let operation = self.operation;
        Box::pin(async move {
            if let Some(problem) = self.take_problem() {
                return Err(problem.in_operation(operation));
            }
            if self.has_offset() {
                self.settle_order();
            }
            let url = self.url();
            run(self, url).await
        })
    }

    /// Sends the same request to another address: the next page.
    pub(crate) fn execute_at(&self, url: String) -> BoxFuture<'static, Result<Raw>> {
        Box::pin(run(self.again(), Ok(url)))
    }

    /// The same request once more; what went wrong with it has been told already.
    pub(crate) fn again(&self) -> Draft {
        let mut draft = Draft::new(self.client.clone(), self.operation);
        draft.path.clone_from(&self.path);
        draft.headers = self.headers.clone();
        draft.media_type.clone_from(&self.media_type);
        draft.body = self.body.clone();
        draft.id.clone_from(&self.id);
        draft
    }

    fn plan(&self, now: Duration) -> Plan {
        let core = &self.client.0;
        Plan {
            class: Class::of(self.operation.resend, self.id.is_some()),
            deletes: self.operation.method == Method::Delete,
            atomic: self.operation.atomic,
            bearer: core.api.bearer,
            deadline: unless_zero(core.timeouts.operation).map(|time| now.saturating_add(time)),
            limits: core.limits.clone(),
            timeouts: core.timeouts.clone(),
        }
    }
}

/// Sends a request that is complete.
async fn run(draft: Draft, url: Result<String>) -> Result<Raw> {
    let operation = draft.operation;
    match url.and_then(|url| Run::new(draft, url)) {
        Ok(run) => run.finish(Event::Begin).await,
        Err(error) => Err(error.in_operation(operation)),
    }
}

/// A call on its way.
pub(crate) struct Run {
    draft: Draft,
    url: Uri,
    span: Span,
    transport: Arc<dyn Transport>,
    exchange: Exchange,
    begun: Duration,
    /// Rings when the time of the whole call is up.
    alarm: Option<BoxFuture<'static, ()>>,
    token: Option<Token>,
    permit: Option<Permit>,
    /// No other call that the service wants in sequence is on its way for this business; held to the end of the call.
    turn: Option<Permit>,
    /// The headers of the next attempt, and what is secret among their values.
    headers: Option<(HeaderMap, Secrets)>,
    /// What the last attempt gave.
    last: Option<Result<Raw>>,
    /// Why there was no other attempt, if it is not the machine that knows.
    stopped: Option<Error>,
}

impl Run {
    fn new(draft: Draft, url: String) -> Result<Box<Self>> {
        let core = &draft.client.0;
        // The token may know its owner.
        let later = |name: &str| OWNER == name && core.token.is_some();
        core.check(draft.operation, |name| {
            core.headers.contains_key(name) || draft.headers.contains_key(name) || later(name)
        })?;
        let url = Uri::try_from(url).map_err(|_| Error::config("the URL of the request is too long, or is none"))?;
        let now = core.clock.now();
        let exchange = Exchange::new(draft.plan(now.monotonic), core.budget.clone(), core.seed(now));
        let transport = core.transport()?;
        let alarm = unless_zero(core.timeouts.operation).map(|time| core.clock.sleep(time));
        Ok(Box::new(Run {
            span: Span::call(draft.operation),
            transport,
            draft,
            url,
            exchange,
            begun: now.monotonic,
            alarm,
            token: None,
            permit: None,
            turn: None,
            headers: None,
            last: None,
            stopped: None,
        }))
    }

    /// Goes on after a success that makes no sense.
    pub(crate) fn unreadable(mut self: Box<Self>, error: Error) -> BoxFuture<'static, Result<Raw>> {
        self.last = Some(Err(error));
        Box::pin(self.finish(Event::Unreadable))
    }

    /// Drives the call to its end, within its span.
    async fn finish(self: Box<Self>, event: Event) -> Result<Raw> {
        let (operation, id, span) = (self.draft.operation, self.draft.id.clone(), self.span.clone());
        let result = span.clone().within(self.drive(event)).await;
        let result = result.map_err(|error| error.in_operation(operation).of_request(id));
        match &result {
            Ok(raw) => span.end(Some(raw.attempts), Some(raw.status.as_u16()), None),
            Err(error) => span.end(Some(error.attempts()), error.status(), Some(error)),
        }
        result
    }

    /// Does what the exchange wants until it is done.
    async fn drive(mut self: Box<Self>, mut event: Event) -> Result<Raw> {
        let client = self.draft.client.clone();
        let core = &*client.0;
        loop {
            let now = core.clock.now().monotonic;
            let action = self.exchange.step(now, event);
            self.give_back_permit(action, now);
            event = match action {
                Action::Token { stale } => self.fetch_token(core, stale).await,
                Action::Enter => self.enter(core).await,
                Action::Renew => self.renew_token(core).await,
                Action::Send { time } => self.send(core, time).await,
                Action::Close(_) => Event::Closed,
                Action::Sleep(wait) => {
                    in_time(&mut self.alarm, core.clock.sleep(wait)).await.map_or(Event::Deadline, |()| Event::Woke)
                }
                Action::Done(end) => return self.end(end, now),
            };
        }
    }

    /// After an attempt others may go on, or have to wait.
    fn give_back_permit(&mut self, action: Action, now: Duration) {
        let Some(permit) = self.permit.take_if(|_| !matches!(action, Action::Renew | Action::Send { .. })) else {
            return;
        };
        if let Some(generation) = self.exchange.futile() {
            permit.gate().set_futile(generation);
        }
        match (action, &self.last) {
            (Action::Close(wait), _) => permit.pause(now.saturating_add(wait)),
            // Only an answer opens a gate that was closed: the next one tries again.
            (_, Some(Ok(_))) => permit.answered(),
            (_, Some(Err(error))) if error.status().is_some() => permit.answered(),
            (_, Some(Err(_)) | None) => drop(permit),
        }
    }

    async fn fetch_token(&mut self, core: &Core, stale: Option<Generation>) -> Event {
        let Some(source) = &core.token else { return Event::NoToken };
        match in_time(&mut self.alarm, source.token(stale)).await {
            None => Event::Deadline,
            Some(Ok(token)) => {
                let generation = token.generation;
                self.token = Some(token);
                Event::Token(generation)
            }
            Some(Err(error)) => {
                self.stopped = Some(error);
                Event::NoToken
            }
        }
    }

    /// The token once more, for a call that has its place at the gate.
    async fn renew_token(&mut self, core: &Core) -> Event {
        let event = self.fetch_token(core, None).await;
        if matches!(event, Event::Token(_)) {
            match headers(&self.draft, self.token.as_ref()) {
                Ok(headers) => self.headers = Some(headers),
                Err(error) => {
                    self.stopped = Some(error);
                    return Event::NoToken;
                }
            }
        }
        event
    }

    async fn enter(&mut self, core: &Core) -> Event {
        let (headers, secrets) = match headers(&self.draft, self.token.as_ref()) {
            Ok(headers) => headers,
            Err(error) => {
                self.stopped = Some(error);
                return Event::NoToken;
            }
        };
        let business = business(core, &headers);
        let now = core.clock.now().monotonic;
        let gate = core.gates.of(&business, now);
        let turns = self.draft.operation.sequential.then(|| core.turns.of(&business, now));
        self.headers = Some((headers, secrets));
        if let Some(turns) = turns.filter(|_| self.turn.is_none()) {
            // Nobody pauses there: it is a place in a line, or the end of the time.
            match in_time(&mut self.alarm, turns.enter(&*core.clock, Patience::ENDLESS)).await {
                None => return Event::Deadline,
                Some(turn) => self.turn = turn.ok(),
            }
        }
        let patience = Patience {
            pause: unless_zero(core.timeouts.longest_wait).unwrap_or(Duration::MAX),
            until: unless_zero(core.timeouts.operation).map_or(Duration::MAX, |time| self.begun.saturating_add(time)),
        };
        match in_time(&mut self.alarm, gate.enter(&*core.clock, patience)).await {
            None => Event::Deadline,
            Some(Ok(permit)) => {
                self.permit = Some(permit);
                Event::Entered { futile: gate.futile() }
            }
            Some(Err(shut)) => {
                self.stopped = Some(match shut {
                    Shut::Pause(wait) => Error::barred(wait),
                    Shut::Rate(wait) => Error::over_rate(wait),
                });
                Event::Barred
            }
        }
    }

    async fn send(&mut self, core: &Core, time: Duration) -> Event {
        self.last = None;
        let (headers, secrets) = self.headers.take().unwrap_or_default();
        let mut request = Request::new(self.draft.body.clone().into());
        *request.method_mut() = self.draft.operation.method.to_http();
        *request.uri_mut() = self.url.clone();
        *request.headers_mut() = headers;
        let bounds = Bounds::new(time, core.limits.body, core.limits.error_body);
        let span = Span::attempt(self.draft.operation, self.exchange.attempts() - 1);
        let sending = span.clone().within(self.transport.send(request, bounds));
        let (event, last) = match in_time(&mut self.alarm, sending).await {
            None => return Event::Deadline,
            Some(Ok(reply)) => {
                let (parts, body) = reply.into_parts();
                let raw = Raw::new(self.draft.operation, parts, body.into_bytes(), secrets);
                let wait = retry_after(&raw.headers, core.clock.now().wall);
                let event = Event::Reply { status: raw.status.as_u16(), retry_after: wait };
                (event, if raw.status.is_success() { Ok(raw) } else { Err(Error::answered(&raw, wait)) })
            }
            Some(Err(fault)) => {
                let status = fault.status.map(|status| status.as_u16());
                (Event::Failed { phase: fault.phase, status }, Err(Error::transport(fault)))
            }
        };
        match &last {
            Ok(raw) => span.end(None, Some(raw.status.as_u16()), None),
            Err(error) => span.end(None, error.status(), Some(error)),
        }
        self.last = Some(last);
        event
    }

    /// What the caller gets.
    fn end(mut self: Box<Self>, end: End, now: Duration) -> Result<Raw> {
        let last = self.last.take();
        let error = match (end, last) {
            (End::Last, Some(Ok(mut raw))) => {
                raw.attempts = self.exchange.attempts();
                raw.id.clone_from(&self.draft.id);
                raw.again = self.exchange.may_go_on().then_some(self);
                return Ok(raw);
            }
            (End::Last, Some(Err(error))) => error,
            (End::Gone, Some(Err(error))) => error.gone(),
            (End::Deadline, _) => Error::deadline(),
            (End::Last | End::Gone | End::NoToken | End::Barred, last) => {
                let stopped = self.stopped.take().unwrap_or_else(|| Error::config("the call ended without a reply"));
                match last {
                    Some(Err(answer)) => stopped.upon(answer),
                    _ => stopped,
                }
            }
        };
        let delivery = self.exchange.delivery(error.delivery());
        Err(error.after(self.exchange.attempts(), now.saturating_sub(self.begun), delivery))
    }
}

/// Waits for this, but no longer than for the alarm.
async fn in_time<T>(alarm: &mut Option<BoxFuture<'static, ()>>, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    poll_fn(|context| match (work.as_mut().poll(context), &mut *alarm) {
        (Poll::Ready(done), _) => Poll::Ready(Some(done)),
        (Poll::Pending, Some(alarm)) => alarm.as_mut().poll(context).map(|()| None),
        (Poll::Pending, None) => Poll::Pending,
    })
    .await
}

/// All headers of a request, and the values among them that are secret.
fn headers(draft: &Draft, token: Option<&Token>) -> Result<(HeaderMap, Secrets)> {
    let core = &draft.client.0;
    let mut headers = HeaderMap::with_capacity(16);
    let without = |name: &HeaderName| goes_without(draft.operation, name.as_str());
    for (name, value) in core.headers.iter().filter(|(name, _)| !without(name)).chain(&draft.headers) {
        headers.insert(name, value.clone());
    }
    if let Some(owner) = token.and_then(|token| token.owner.as_deref())
        && core.api.headers.iter().any(|header| OWNER == header.name)
        && !without(&OWNER)
        && !headers.contains_key(OWNER)
    {
        let owner = HeaderValue::from_str(owner);
        headers.insert(OWNER, owner.map_err(|_| Error::token("the token's owner can not be sent as a header"))?);
    }
    core.check(draft.operation, |name| headers.contains_key(name))?;
    let own = draft.headers.values().filter(|value| value.is_sensitive()).filter_map(|value| value.to_str().ok());
    let secrets = Secrets {
        client: core.secrets.clone(),
        token: token.map(|token| token.access.clone()),
        own: own.map(Secret::new).collect(),
    };
    headers.entry(ACCEPT).or_insert(HeaderValue::from_static(draft.operation.accept));
    headers.entry(USER_AGENT).or_insert(HeaderValue::from_static(AGENT));
    if let Some(media_type) = &draft.media_type {
        headers.insert(CONTENT_TYPE, media_type.clone());
    }
    if let Some(token) = token {
        headers.insert(AUTHORIZATION, bearer(&token.access)?);
    }
    Ok((headers, secrets))
}

/// Whose limits a request counts against: the values of the headers that say so.
fn business<'a>(core: &Core, headers: &'a HeaderMap) -> Cow<'a, str> {
    let mut values = core
        .api
        .headers
        .iter()
        .filter(|header| !header.secret)
        .filter_map(|header| headers.get(header.name)?.to_str().ok());
    let first = values.next().unwrap_or_default();
    values.fold(Cow::Borrowed(first), |all, value| Cow::Owned(format!("{all}\n{value}")))
}

pub(crate) fn goes_without(operation: &Operation, name: &str) -> bool {
    operation.without_headers.iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn bearer(token: &Secret) -> Result<HeaderValue> {
    let text = ["Bearer ", token.expose()].concat();
    let mut value = HeaderValue::from_maybe_shared(Bytes::from(text))
        .map_err(|_| Error::token("the access token has characters that can not be sent"))?;
    value.set_sensitive(true);
    Ok(value)
}
