//! What operations do to what is stored.

mod ledger;
mod login;

use base64::Engine as _;
use chrono::{DateTime, Utc};
use sage_codegen::ir::{Kind, SchemaId};

use crate::Api;
use crate::fault::Fault;
use crate::json::{Node, Object, given, scalar};
use crate::oauth::{Company, Session};
use crate::pairs::Pairs;
use crate::render::{Detail, Names};
use crate::reply::Reply;
use crate::spec::{Action, Route, Spec};
use crate::world::{Record, Sample, World};

/// The largest attachment, before Base64.
const LARGEST_FILE: usize = 5 << 19;

/// The property of Sage 200's orders and quotes that have not been confirmed.
const EDITING: &str = "is_editing";

/// A request that has passed the check.
pub(crate) struct Call<'a> {
    pub(crate) world: &'a mut World,
    /// Which operation.
    pub(crate) route: &'static Route,
    /// The path below the base URL, and its decoded parameters.
    pub(crate) path: &'a str,
    pub(crate) ids: Vec<String>,
    pub(crate) query: &'a Pairs,
    /// The payload, without its wrapper.
    pub(crate) body: Option<&'a Node>,
    pub(crate) now: DateTime<Utc>,
    /// Who asks: businesses, sites and users are those of the session.
    pub(crate) session: &'a Session,
    /// The company that is asked about; `None`: none in particular.
    pub(crate) company: Option<&'a Company>,
}

type Outcome = Result<Reply, Vec<Fault>>;

impl Call<'_> {
    /// Does it.
    pub(crate) fn perform(mut self) -> Outcome {
        let parents = self.parents()?;
        self.granted().map_err(|fault| vec![fault])?;
        match self.route.action {
            Action::List => self.list(&parents),
            Action::Get => self.get(&parents),
            Action::Create => self.create(parents),
            Action::Update => self.update(),
            Action::UpdateAll => self.update_all(),
            Action::Delete => self.delete(),
            Action::GetOnly => self.get_only(),
            Action::UpdateOnly => self.update_only(),
            Action::Part | Action::Compute => self.compute(),
            Action::File => self.file(),
            Action::Act => self.act(),
            Action::Post => self.post(),
        }
    }

    fn spec(&self) -> &'static Spec {
        self.world.spec
    }

    fn resource(&self) -> &'static str {
        &self.route.resource
    }

    /// The records that the path goes through: they have to be there.
    fn parents(&self) -> Result<Vec<(String, String)>, Vec<Fault>> {
        let above = self.route.parents.iter().zip(&self.ids);
        let parents: Vec<(String, String)> = above.map(|((name, _), id)| (name.clone(), id.clone())).collect();
        for (name, id) in &parents {
            // Some stand in paths only.
            if self.spec().resources.contains_key(name) {
                self.world.found(name, id).map_err(|fault| vec![fault])?;
            }
        }
        Ok(parents)
    }

    /// A business that is not among the session's is not there.
    fn granted(&self) -> Result<(), Fault> {
        match (self.resource(), self.ids.first()) {
            ("businesses", Some(id)) if !self.may_see(id) => Err(Fault::not_found("businesses", id)),
            _ => Ok(()),
        }
    }

    fn may_see(&self, id: &str) -> bool {
        self.session.companies.iter().any(|company| company.business == id || company.key() == id)
    }

    /// The id at the end of the path, or of the record that something is done to.
    fn id(&self) -> String {
        self.ids.last().cloned().unwrap_or_default()
    }

    fn payload(&self) -> Object {
        self.body.and_then(Node::as_object).cloned().unwrap_or_default()
    }

    /// The reply of a success: a value in the operation's schema, or nothing.
    fn reply(&self, value: &Object) -> Reply {
        match self.route.reply {
            Some(schema) => {
                let value = self.world.render(schema, &Node::Object(value.clone()), &Detail::default());
                Reply::json(self.route.status, &value)
            }
            None => Reply::empty(self.route.status),
        }
    }

    fn reply_with_record(&self, id: &str) -> Outcome {
        let record = self.world.found(self.resource(), id).map_err(|fault| vec![fault])?;
        Ok(self.reply(&record.value))
    }

    fn list(&self, parents: &[(String, String)]) -> Outcome {
        let Some(item) = self.route.reply.and_then(|schema| self.spec().item(schema)) else {
            return Ok(Reply::empty(self.route.status));
        };
        let mut rows = self.world.records(self.resource());
        rows.retain(|(record, value)| self.world.is_below(self.resource(), record, value, parents));
        if matches!(self.resource(), "businesses" | "sites") {
            rows.retain(|(record, _)| self.may_see(&record.id));
        }
        let list = match self.spec().service {
            Api::Sage200 => crate::odata::list(self.world, item, &rows, self.query),
            Api::Accounting | Api::AccountingV3 if self.is_paged() => {
                self.world.page(self.resource(), rows, item, self.path, self.query)
            }
            Api::Accounting | Api::AccountingV3 => Ok(Node::Array(
                rows.iter()
                    .map(|(_, value)| {
                        self.world.render(item, &Node::Object(value.clone().into_owned()), &Detail::default())
                    })
                    .collect(),
            )),
        };
        list.map(|list| Reply::json(self.route.status, &list)).map_err(|fault| vec![fault])
    }

    fn is_paged(&self) -> bool {
        let routes = self.spec().routes.iter().zip(&self.spec().ir.operations);
        let this = routes.into_iter().find(|(route, _)| std::ptr::eq(*route, self.route));
        this.is_some_and(|(_, operation)| operation.paging.is_some())
    }

    fn get(&self, parents: &[(String, String)]) -> Outcome {
        let record = self.shown(&self.id(), parents).map_err(|fault| vec![fault])?;
        let Some(schema) = self.route.reply else { return Ok(Reply::empty(self.route.status)) };
        if self.spec().service == Api::Sage200 {
            let value = crate::odata::single(self.world, schema, &record, self.query).map_err(|fault| vec![fault])?;
            return Ok(Reply::json(self.route.status, &value));
        }
        let names = |name: &str, default| self.query.get(name).map_or(default, Names::parse);
        let detail = Detail { nested: names("nested_attributes", Names::Short), ..Detail::default() };
        let value = self.world.render(schema, &Node::Object(record), &detail);
        Ok(Reply::json(self.route.status, &names("attributes", Names::All).of(value)))
    }

    /// A record, or what a view shows of it.
    fn shown(&self, id: &str, parents: &[(String, String)]) -> Result<Object, Fault> {
        let rows = self.world.records(self.resource());
        let is_it = |record: &Record| record.id == id;
        let below = |record: &Record, value: &Object| self.world.is_below(self.resource(), record, value, parents);
        let found = rows.into_iter().find(|(record, value)| is_it(record) && below(record, value));
        found.map(|(_, value)| value.into_owned()).ok_or_else(|| Fault::not_found(self.resource(), id))
    }

    fn create(&mut self, parents: Vec<(String, String)>) -> Outcome {
        let body = self.described()?;
        let id = self.world.create(self.resource(), &body, parents, self.now)?;
        if let Err(fault) = self.paid(&id, false) {
            self.world.forget(self.resource(), &id);
            return Err(vec![fault]);
        }
        self.reply_with_record(&id)
    }

    fn update(&mut self) -> Outcome {
        let (id, body) = (self.id(), self.described()?);
        let old = self.world.record(self.resource(), &id).cloned();
        let mut updated = self.paid(&id, true).map_err(|fault| vec![fault]);
        updated = updated.and_then(|()| self.world.update(self.resource(), &id, &body, self.now));
        updated = updated.and_then(|()| self.paid(&id, false).map_err(|fault| vec![fault]));
        if let (Err(faults), Some(old)) = (&updated, old) {
            let faults = faults.clone();
            self.world.restore(self.resource(), old);
            self.paid(&id, false).map_err(|fault| vec![fault])?;
            return Err(faults);
        }
        updated?;
        self.reply_with_record(&id)
    }

    /// The payload; files are described by what they hold.
    fn described(&self) -> Result<Object, Vec<Fault>> {
        let mut body = self.payload();
        if self.resource() == "attachments" {
            describe_file(&mut body).map_err(|fault| vec![fault])?;
        }
        Ok(body)
    }

    /// What a payment pays for, or no longer pays for.
    fn paid(&mut self, id: &str, back: bool) -> Result<(), Fault> {
        match self.world.record(self.resource(), id) {
            Some(payment) if self.resource() == "contact_payments" => {
                let value = payment.value.clone();
                self.world.allocate(&value, back, self.now)
            }
            _ => Ok(()),
        }
    }

    fn update_all(&mut self) -> Outcome {
        let items = self.body.and_then(Node::as_array).unwrap_or_default();
        let mut changed = Vec::new();
        for item in items.iter().filter_map(Node::as_object) {
            let id = match given(item, "id").and_then(scalar) {
                Some(id) => {
                    self.world.update(self.resource(), &id, item, self.now)?;
                    id
                }
                None => self.world.create(self.resource(), item, Vec::new(), self.now)?,
            };
            changed.extend(self.world.record(self.resource(), &id).map(|record| Node::Object(record.value.clone())));
        }
        let Some(schema) = self.route.reply else { return Ok(Reply::empty(self.route.status)) };
        let list = self.world.render(schema, &Node::Array(changed), &Detail::default());
        Ok(Reply::json(self.route.status, &list))
    }

    fn delete(&mut self) -> Outcome {
        let id = self.id();
        // What has been sent out is voided, and answers with what became of it.
        if self.route.reply.is_some() && self.spec().service != Api::Sage200 {
            let reason = self.query.get("void_reason");
            let value = self.world.void(self.resource(), &id, reason, self.now).map_err(|fault| vec![fault])?;
            return Ok(self.reply(&value));
        }
        self.world.found(self.resource(), &id).map_err(|fault| vec![fault])?;
        self.paid(&id, true).map_err(|fault| vec![fault])?;
        self.world.delete(self.resource(), &id, self.now).map_err(|fault| vec![fault])?;
        Ok(Reply::empty(self.route.status))
    }

    fn get_only(&self) -> Outcome {
        let login = (self.spec().service == Api::AccountingV3).then(|| self.login(self.resource())).flatten();
        if let Some(login) = login {
            return Ok(Reply::json(self.route.status, &login));
        }
        let Some(value) = self.world.only.get(self.resource()) else {
            return Err(vec![Fault::not_found(self.resource(), "")]);
        };
        if let (Api::Sage200, Some(schema)) = (self.spec().service, self.route.reply) {
            let value = crate::odata::single(self.world, schema, value, self.query).map_err(|fault| vec![fault])?;
            return Ok(Reply::json(self.route.status, &value));
        }
        let reply = self.reply(value);
        let Some(names) = self.query.get("attributes").map(Names::parse) else { return Ok(reply) };
        let value =
            self.route.reply.map(|schema| self.world.render(schema, &Node::Object(value.clone()), &Detail::default()));
        Ok(Reply::json(self.route.status, &names.of(value.unwrap_or_default())))
    }

    fn update_only(&mut self) -> Outcome {
        self.world.update_only(self.resource(), &self.payload(), self.now)?;
        self.get_only()
    }

    fn file(&self) -> Outcome {
        let id = self.id();
        let record = self.world.found(self.resource(), &id).map_err(|fault| vec![fault])?;
        let text = given(&record.value, "file").and_then(Node::as_str).unwrap_or_default();
        let bytes = base64::engine::general_purpose::STANDARD.decode(text).unwrap_or_default();
        Ok(Reply::bytes(self.route.status, "application/octet-stream", bytes))
    }

    /// `/{key}/release`, and the like.
    fn act(&mut self) -> Outcome {
        let id = self.id();
        match self.path.rsplit('/').next() {
            Some("release") => {
                self.world.release(self.resource(), &id, self.now).map_err(|fault| vec![fault])?;
                self.reply_with_record(&id)
            }
            // The same once more.
            _ => {
                let copy = self.world.copy(self.resource(), &id, &[], self.now).map_err(|fault| vec![fault])?;
                self.reply_with_record(&copy)
            }
        }
    }

    /// Something that is worked out from the request: what the request says, and a sample of the rest.
    fn compute(&mut self) -> Outcome {
        let Some(schema) = self.route.reply else { return Ok(Reply::empty(self.route.status)) };
        let body = self.payload();
        if let Some(resource) = self.route.resource.strip_suffix("_duplicate") {
            return self.duplicate(resource, schema, &body);
        }
        let (item, list) = match self.spec().ir.schema(schema).kind {
            Kind::Array(item) => (item, true),
            _ => (schema, false),
        };
        let value = self.computed(item, &body)?;
        let value = self.world.render(item, &Node::Object(value), &Detail::default());
        Ok(Reply::json(self.route.status, &if list { Node::Array(vec![value]) } else { value }))
    }

    /// An order or a quote is copied as one that is being edited; of others there is only the reply.
    fn duplicate(&mut self, resource: &str, schema: SchemaId, body: &Object) -> Outcome {
        let source = given(body, "source_id").and_then(scalar).unwrap_or_default();
        let value = if self.spec().property(schema, EDITING).is_some() {
            let copy = self.world.copy(resource, &source, &[(EDITING, Node::Bool(true))], self.now);
            let copy = copy.map_err(|fault| vec![fault])?;
            self.world.found(resource, &copy).map_err(|fault| vec![fault])?.value.clone()
        } else {
            let mut value = self.world.found(resource, &source).map_err(|fault| vec![fault])?.value.clone();
            value.shift_remove("id");
            value
        };
        Ok(self.reply(&value))
    }

    fn computed(&mut self, schema: SchemaId, body: &Object) -> Result<Object, Vec<Fault>> {
        // A new record with what is usual, which is not kept: the client completes it, and sends it.
        if self.spec().service == Api::Sage200 && self.resource().ends_with("_new") {
            let mut value = self.world.defaults(schema);
            self.world.take_in(schema, body, &mut value)?;
            return Ok(value);
        }
        let sample = Sample { world: self.world, number: 0, name: self.resource(), request: false };
        let mut value = sample.of(schema).as_object().cloned().unwrap_or_default();
        self.world.take_in(schema, body, &mut value)?;
        Ok(value)
    }
}

/// What is known of a file by its bytes.
fn describe_file(body: &mut Object) -> Result<(), Fault> {
    let Some(text) = given(body, "file").and_then(Node::as_str) else { return Ok(()) };
    let bytes = base64::engine::general_purpose::STANDARD.decode(text);
    let size = bytes.map_err(|_| Fault::invalid("file", "is no Base64"))?.len();
    if size > LARGEST_FILE {
        return Err(Fault::invalid("file", "is larger than 2.5 MiB"));
    }
    body.insert("file_size".to_owned(), crate::json::number(size));
    Ok(())
}
