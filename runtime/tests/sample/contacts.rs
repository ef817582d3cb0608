//! Contacts: `/contacts`.

use sage_runtime::codegen as rt;

use super::model::{Base, Contact, ContactUpdate, NewContact, Status, Upload};

/// Operations on contacts; from [`Client::contacts`](super::Client::contacts).
#[derive(Clone, Debug)]
pub struct Contacts {
    client: rt::Client,
}

impl Contacts {
    pub(super) fn new(client: &rt::Client) -> Self {
        Self { client: client.clone() }
    }

    /// Lists contacts: `GET /contacts`.
    pub fn list(&self) -> ListContacts {
        ListContacts(rt::Call::json(&self.client, &LIST))
    }

    /// Lists contacts by offset: `GET /contacts_by_offset`.
    pub fn list_by_offset(&self) -> ListContactsByOffset {
        ListContactsByOffset(rt::Call::json(&self.client, &LIST_BY_OFFSET))
    }

    /// Gets a contact: `GET /contacts/{key}`.
    pub fn get(&self, key: &str) -> GetContact {
        GetContact(rt::Call::json(&self.client, &GET).path(key))
    }

    /// Creates a contact: `POST /contacts`.
    pub fn create(&self, contact: NewContact) -> rt::Call<Contact> {
        rt::Call::json(&self.client, &CREATE).body(&contact)
    }

    /// Changes a contact: `PUT /contacts/{key}`.
    pub fn update(&self, key: &str, contact: ContactUpdate) -> rt::Call<Contact> {
        rt::Call::json(&self.client, &UPDATE).path(key).body(&contact)
    }

    /// Changes the lines of a contact, one by one: `PUT /contacts/{key}/lines`.
    pub fn update_lines(&self, key: &str, contact: ContactUpdate) -> rt::Call<Contact> {
        rt::Call::json(&self.client, &UPDATE_LINES).path(key).body(&contact)
    }

    /// Deletes a contact: `DELETE /contacts/{key}`.
    pub fn delete(&self, key: &str) -> rt::Call<()> {
        rt::Call::empty(&self.client, &DELETE_ONCE).path(key)
    }

    /// Deletes a contact, and may say so twice: `DELETE /contacts/{key}`.
    pub fn delete_for_good(&self, key: &str) -> rt::Call<()> {
        rt::Call::empty(&self.client, &DELETE_FOR_GOOD).path(key)
    }

    /// Voids a contact: `DELETE /contacts/{key}/void`; answers with what is left, or with nothing.
    pub fn void(&self, key: &str, void_reason: impl Into<String>) -> rt::Call<VoidReply> {
        rt::Call::by_status(&self.client, &VOID).path(key).query("void_reason", void_reason.into())
    }

    /// The contact's parent, if there is one: `GET /contacts/{key}/parent`.
    pub fn parent(&self, key: &str) -> rt::Call<Option<Base>> {
        rt::Call::optional(&self.client, &PARENT).path(key)
    }

    /// The contact's file: `GET /contacts/{id}/file`.
    pub fn file(&self, id: i64) -> rt::Call<rt::Bytes> {
        rt::Call::bytes(&self.client, &FILE).path(id)
    }

    /// Uploads a file: `POST /contacts/upload`.
    pub fn upload(&self, upload: Upload) -> rt::Call<()> {
        rt::Call::empty(&self.client, &UPLOAD).multipart(&upload)
    }

    /// Sends a form: `POST /contacts/upload`.
    pub fn form(&self, contact: NewContact) -> rt::Call<()> {
        rt::Call::empty(&self.client, &UPLOAD).form(&contact)
    }

    /// All sites: `GET /sites`.
    pub fn sites(&self) -> rt::Call<Vec<Base>> {
        rt::Call::json(&self.client, &SITES)
    }
}

/// The request of [`Contacts::list`]: set its options, then `.await` it, or turn it into `.items()` or `.pages()`.
#[derive(Debug)]
pub struct ListContacts(rt::Call<rt::Page<Contact>>);

rt::page_request!(ListContacts, Contact);

impl ListContacts {
    /// `items_per_page`.
    pub fn items_per_page(self, items_per_page: u32) -> Self {
        Self(self.0.query("items_per_page", items_per_page))
    }

    /// `search`.
    pub fn search(self, search: impl Into<String>) -> Self {
        Self(self.0.query("search", search.into()))
    }

    /// `status`.
    pub fn status(self, status: Status) -> Self {
        Self(self.0.query("status", status))
    }

    /// `updated_or_created_since`.
    pub fn updated_or_created_since(self, since: impl Into<rt::DateTime<rt::FixedOffset>>) -> Self {
        Self(self.0.query("updated_or_created_since", since.into()))
    }

    /// `ids`.
    pub fn ids(self, ids: impl IntoIterator<Item = impl rt::ToText>) -> Self {
        Self(self.0.query_list("ids", rt::ListStyle::Comma, ids))
    }
}

/// The request of [`Contacts::list_by_offset`].
#[derive(Debug)]
pub struct ListContactsByOffset(rt::Call<rt::Page<Contact>>);

rt::page_request!(ListContactsByOffset, Contact);

impl ListContactsByOffset {
    /// `$top`.
    pub fn top(self, top: u32) -> Self {
        Self(self.0.query("$top", top))
    }
}

/// The request of [`Contacts::get`].
#[derive(Debug)]
pub struct GetContact(rt::Call<Contact>);

rt::request!(GetContact, Contact);

impl GetContact {
    /// `attributes`.
    pub fn attributes(self, attributes: impl IntoIterator<Item = impl rt::ToText>) -> Self {
        Self(self.0.query_list("attributes", rt::ListStyle::Repeat, attributes))
    }
}

/// What [`Contacts::void`] answers.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum VoidReply {
    /// 200: what is left of it.
    Contact(Box<Contact>),
    /// 204: nothing.
    NoContent(()),
}

rt::replies!(VoidReply, {
    Contact(Box<Contact>) = [200];
    NoContent(()) = [204];
});

static LIST: rt::Operation = rt::Operation {
    id: "contacts.list",
    path: "/contacts",
    resend: rt::Resend::Safe,
    paging: rt::Paging::Envelope,
    place: "specs/sample/openapi.yaml#/paths/~1contacts/get",
    ..rt::Operation::DEFAULT
};

static LIST_BY_OFFSET: rt::Operation = rt::Operation {
    id: "contacts.list_by_offset",
    path: "/contacts_by_offset",
    resend: rt::Resend::Safe,
    paging: rt::Paging::Offset { skip: "$skip", top: "$top", default: 3, order: Some(("$orderby", "id")) },
    ..rt::Operation::DEFAULT
};

static GET: rt::Operation =
    rt::Operation { id: "contacts.get", path: "/contacts/{key}", resend: rt::Resend::Safe, ..rt::Operation::DEFAULT };

static CREATE: rt::Operation = rt::Operation {
    id: "contacts.create",
    method: rt::Method::Post,
    path: "/contacts",
    wrapper: Some("contact"),
    idempotent_by_id: true,
    sequential: true,
    ..rt::Operation::DEFAULT
};

static UPDATE: rt::Operation = rt::Operation {
    id: "contacts.update",
    method: rt::Method::Put,
    path: "/contacts/{key}",
    wrapper: Some("contact"),
    ..rt::Operation::DEFAULT
};

static UPDATE_LINES: rt::Operation = rt::Operation {
    id: "contacts.update_lines",
    method: rt::Method::Put,
    path: "/contacts/{key}/lines",
    wrapper: Some("contact"),
    atomic: false,
    ..rt::Operation::DEFAULT
};

const DELETE: rt::Operation = rt::Operation {
    id: "contacts.delete",
    method: rt::Method::Delete,
    path: "/contacts/{key}",
    ..rt::Operation::DEFAULT
};

static DELETE_ONCE: rt::Operation = DELETE;

static DELETE_FOR_GOOD: rt::Operation =
    rt::Operation { id: "contacts.delete_for_good", resend: rt::Resend::Idempotent, ..DELETE };

static VOID: rt::Operation = rt::Operation {
    id: "contacts.void",
    method: rt::Method::Delete,
    path: "/contacts/{key}/void",
    ..rt::Operation::DEFAULT
};

static PARENT: rt::Operation =
    rt::Operation { id: "contacts.parent", path: "/contacts/{key}/parent", ..rt::Operation::DEFAULT };

static FILE: rt::Operation = rt::Operation {
    id: "contacts.file",
    path: "/contacts/{id}/file",
    accept: "application/octet-stream",
    ..rt::Operation::DEFAULT
};

static UPLOAD: rt::Operation = rt::Operation {
    id: "contacts.upload",
    method: rt::Method::Post,
    path: "/contacts/upload",
    ..rt::Operation::DEFAULT
};

static SITES: rt::Operation = rt::Operation {
    id: "contacts.sites",
    path: "/sites",
    without_headers: &["X-Site", "X-Company"],
    ..rt::Operation::DEFAULT
};
