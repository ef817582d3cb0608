//! From a request to a reply: who asks, whose books, which operation, is it sound, and what does it do.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use sage_codegen::ir::{Content, Method};

use crate::Api;
use crate::act::Call;
use crate::check::{self, Check, Finding, Parts, decoded, is_json};
use crate::clock::Clock;
use crate::fault::{self, Fault};
use crate::faults::Faults;
use crate::idempotency;
use crate::journal::{Entry, Journal, lock};
use crate::json::{self, Node, scalar};
use crate::limits::{Counted, Limits, Span};
use crate::oauth::{Company, Denied, Oauth, Scope, Session};
use crate::pairs::Pairs;
use crate::reply::Reply;
use crate::service::{self, Destination};
use crate::spec::{Found, Segment, Spec};
use crate::world::World;

/// Everything that is behind the server.
pub(crate) struct Engine {
    pub(crate) oauth: Arc<Oauth>,
    pub(crate) clock: Clock,
    pub(crate) seed: u64,
    /// All companies that there are.
    pub(crate) companies: Vec<Company>,
    pub(crate) journal: Journal,
    pub(crate) faults: Mutex<Faults>,
    pub(crate) limits: Mutex<BTreeMap<Api, Limits>>,
    counted: Mutex<Counted>,
    worlds: Mutex<HashMap<(Api, String), World>>,
    /// When it was started: the sample records are older than that.
    began: DateTime<Utc>,
    /// How many requests there were: their ids.
    requests: AtomicU64,
}

/// A request, read to its end.
pub(crate) struct Request {
    pub(crate) method: String,
    /// The path as it came, still percent-encoded.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// What is known of a request while it is answered.
struct Progress {
    api: Option<Api>,
    operation: String,
    wrapper: Option<&'static str>,
}

impl Engine {
    pub(crate) fn new(
        oauth: Arc<Oauth>,
        clock: Clock,
        seed: u64,
        companies: Vec<Company>,
        limits: BTreeMap<Api, Limits>,
    ) -> Self {
        Self {
            began: clock.now().trunc_subsecs(0),
            oauth,
            clock,
            seed,
            companies,
            journal: Journal::default(),
            faults: Mutex::default(),
            limits: Mutex::new(limits),
            counted: Mutex::default(),
            worlds: Mutex::default(),
            requests: AtomicU64::new(0),
        }
    }

    /// Answers a request.
    pub(crate) fn answer(&self, request: &Request) -> Reply {
        let mut progress = Progress { api: None, operation: String::new(), wrapper: None };
        let outcome = self.serve(request, &mut progress);
        let api = progress.api.unwrap_or(Api::Accounting);
        let reply = outcome.unwrap_or_else(|faults| match faults.as_slice() {
            // The gateway in front of v3 has words of its own.
            [fault] if fault.code == service::GATEWAY => service::gateway(&fault.message),
            faults => fault::reply(api, faults, progress.wrapper),
        });
        let reply = self.numbered(reply);
        self.journal.add(Entry {
            api: progress.api,
            operation: progress.operation,
            method: request.method.clone(),
            target: match request.query.as_str() {
                "" => request.path.clone(),
                query => format!("{}?{query}", request.path),
            },
            status: reply.status,
        });
        reply
    }

    /// Every reply has an id, by which it could be asked for.
    fn numbered(&self, reply: Reply) -> Reply {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        reply.header("X-Request-Id", format!("sandbox-{}-{number}", self.seed))
    }

    /// A request is on its way until this is dropped; it may be one too many. Who is not known is refused later.
    pub(crate) fn begin(self: &Arc<Self>, api: Api, authorization: Option<&str>) -> Result<Option<OnItsWay>, Reply> {
        let Ok(session) = self.oauth.session(api, authorization) else { return Ok(None) };
        let limits = self.limits_of(api);
        if lock(&self.counted).begin(api, &session.client, limits.at_once) {
            return Ok(Some(OnItsWay { engine: self.clone(), api, client: session.client }));
        }
        let fault = Fault::new(429, "TooManyRequests", "too many requests at once");
        let fault = Fault { retry_after: limits.retry_after.then_some(1), ..fault };
        Err(self.numbered(fault::reply(api, &[fault], None)))
    }

    fn limits_of(&self, api: Api) -> Limits {
        lock(&self.limits).get(&api).copied().unwrap_or_default()
    }

    fn serve(&self, request: &Request, progress: &mut Progress) -> Result<Reply, Vec<Fault>> {
        let one = |fault: Fault| vec![fault];
        let to = service::destination(&request.path).ok_or_else(|| {
            self.stray(request, "no service of Sage is here");
            one(Fault::new(404, "RecordNotFound", "no service of Sage is here"))
        })?;
        progress.api = Some(to.api);
        let session = self.session(&to, request).map_err(one)?;
        let company = service::tenant(&to, &request.headers, &session).map_err(one)?;
        self.count(to.api, company, &session).map_err(one)?;
        let spec = Spec::of(to.api);
        let index = match spec.find(&request.method, to.path, to.beside) {
            Found::Operation(index) => index,
            Found::OtherMethod => {
                self.stray(request, "this path has no such method");
                return Err(one(Fault::new(
                    405,
                    "MethodNotAllowed",
                    format!("{} is not for this path", request.method),
                )));
            }
            Found::Nothing => {
                self.stray(request, "there is no such path");
                return Err(one(Fault::new(404, "RecordNotFound", "there is no such path")));
            }
        };
        let operation = &spec.ir.operations[index];
        let standard = to.part == service::STANDARD;
        if standard && operation.terms.professional_only {
            self.stray(request, "Sage 200 Standard has no such operation");
            return Err(one(Fault::new(404, "RecordNotFound", "Sage 200 Standard has no such operation")));
        }
        progress.operation = format!("{} {}", operation.method.name(), operation.path.template);
        progress.wrapper = operation.body.as_ref().and_then(|body| body.wrapper.as_deref());
        if session.scope == Scope::ReadOnly && operation.method != Method::Get {
            return Err(one(Fault::denied("this grant is for reading only")));
        }
        let query = Pairs::parse(&request.query);
        let body = self.body(spec, index, request).map_err(one)?;
        let parts = Parts { path: to.path, query: &query, headers: &request.headers, body: body.as_ref(), standard };
        let Check { findings, faults, seen, .. } = check::check(spec, index, &parts);
        self.journal.find(findings);
        self.journal.see(to.api, index, seen);
        if !faults.is_empty() {
            return Err(faults);
        }
        let reply = self.perform(&to, company, spec, index, request, &query, body.as_ref(), &session)?;
        Ok(match company {
            Some(company) if to.api == Api::Accounting => reply.header("X-Business", company.business.as_str()),
            _ => reply,
        })
    }

    /// Who asks. The gateway of v3 wants a subscription key before it looks at anything else.
    fn session(&self, to: &Destination<'_>, request: &Request) -> Result<Session, Fault> {
        let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
        if to.api == Api::AccountingV3 && header("ocp-apim-subscription-key").is_none_or(str::is_empty) {
            return Err(Fault::new(401, service::GATEWAY, "the subscription key is missing"));
        }
        self.oauth.session(to.api, header("authorization")).map_err(|denied| match denied {
            // Sage's own words, which clients look for: a refresh does not cure it.
            Denied::NoSubscription => Fault::unauthorized("No active subscription"),
            other => Fault::unauthorized(other.to_string()),
        })
    }

    fn count(&self, api: Api, company: Option<&Company>, session: &Session) -> Result<(), Fault> {
        let limits = self.limits_of(api);
        let tenant = company.map(|company| company.tenant(api)).unwrap_or_default();
        let spans = [
            ("minute", Span { of: &tenant, length: TimeDelta::minutes(1), limit: limits.per_minute }),
            ("day", Span { of: &session.client, length: TimeDelta::days(1), limit: limits.per_day }),
        ];
        let mut counted = lock(&self.counted);
        for (name, span) in &spans {
            counted.count(api, span, self.clock.now()).map_err(|seconds| {
                let fault = Fault::new(429, "TooManyRequests", format!("too many requests in this {name}"));
                Fault { retry_after: limits.retry_after.then_some(seconds), ..fault }
            })?;
        }
        Ok(())
    }

    /// A finding about a request that is no operation.
    fn stray(&self, request: &Request, message: &str) {
        let operation = format!("{} {}", request.method, request.path);
        self.journal.find(vec![Finding {
            operation,
            at: "path".to_owned(),
            message: message.to_owned(),
            refused: true,
        }]);
    }

    /// The body, if the operation takes JSON and there is some.
    fn body(&self, spec: &Spec, index: usize, request: &Request) -> Result<Option<Node>, Fault> {
        let declared = spec.ir.operations[index].body.as_ref();
        if request.body.is_empty() {
            return Ok(None);
        }
        if declared.is_some_and(|body| !matches!(body.content, Content::Json(_))) {
            return Ok(None);
        }
        let media_type = request.headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !media_type.is_some_and(is_json) {
            let message = format!("the body is `{}`, not `application/json`", media_type.unwrap_or_default());
            return Err(Fault::new(415, "UnsupportedMediaType", message));
        }
        let parsed = json::parse(&request.body);
        parsed.map(Some).map_err(|message| Fault::invalid("", format!("the body is no JSON: {message}")))
    }

    #[expect(clippy::too_many_arguments, reason = "what has been found out about the request, one by one")]
    fn perform(
        &self,
        to: &Destination<'_>,
        company: Option<&Company>,
        spec: &'static Spec,
        index: usize,
        request: &Request,
        query: &Pairs,
        body: Option<&Node>,
        session: &Session,
    ) -> Result<Reply, Vec<Fault>> {
        let (route, operation) = (&spec.routes[index], &spec.ir.operations[index]);
        // Replies show whole seconds, and filters compare with what was shown.
        let now = self.clock.now().trunc_subsecs(0);
        let wrapper = operation.body.as_ref().and_then(|body| body.wrapper.as_deref());
        let payload = match wrapper {
            Some(wrapper) => body.and_then(|body| body.get(wrapper)),
            None => body,
        };
        let property = spec.ir.client.idempotency.as_ref().filter(|_| operation.idempotent_by_id);
        let id = property.and_then(|known| payload?.get(&known.property)).and_then(scalar);
        let digest = idempotency::digest(&request.method, &request.path, &request.body);
        let parts = to.path.split('/').skip(1).zip(&route.segments);
        let ids = parts.filter(|(_, segment)| **segment == Segment::Parameter).map(|(part, _)| decoded(part)).collect();
        // The list of businesses is one for all of them.
        let own = company.filter(|_| route.resource != "businesses");
        let tenant = own.map(|company| company.tenant(to.api)).unwrap_or_default();
        self.in_world(to.api, &tenant, |world| {
            if let Some(id) = &id
                && let Some(reply) = idempotency::recall(world, id, digest, now).map_err(|fault| vec![fault])?
            {
                return Ok(reply);
            }
            let call = Call { world, route, path: to.path, ids, query, body: payload, now, session, company };
            let reply = call.perform()?;
            if let Some(id) = &id {
                idempotency::remember(world, id, digest, &reply, now);
            }
            Ok(reply)
        })
    }

    /// Works with the books of a tenant; nobody else does meanwhile.
    pub(crate) fn in_world<T>(&self, api: Api, tenant: &str, work: impl FnOnce(&mut World) -> T) -> T {
        let mut worlds = lock(&self.worlds);
        let world = worlds
            .entry((api, tenant.to_owned()))
            .or_insert_with(|| World::new(Spec::of(api), self.seed, tenant, &self.companies, self.began));
        work(world)
    }

    /// Forgets everything that was stored, and begins again.
    pub(crate) fn reset(&self) {
        lock(&self.worlds).clear();
        lock(&self.faults).0.clear();
        lock(&self.counted).clear();
        self.journal.clear();
    }
}

/// A request on its way, until this is dropped.
pub(crate) struct OnItsWay {
    engine: Arc<Engine>,
    api: Api,
    client: String,
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        lock(&self.engine.counted).end(self.api, &self.client);
    }
}
