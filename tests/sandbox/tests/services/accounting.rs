//! Sage Accounting v3.1.

use std::time::Duration;

use sage_api::accounting::model::{
    AttachmentUpdate, BusinessUpdate, ContactPaymentUpdate, ContactUpdate, LedgerAccountNotVisibleIn,
    LedgerAccountVisibleIn, NewAddress, NewAttachment, NewContact, NewContactAddress, NewContactPayment,
    NewContactPaymentAllocatedArtefact, NewSalesInvoice, NewSalesInvoiceLine, SalesInvoiceUpdate,
};
use sage_api::{Base64, DateTime, Delivery, FixedOffset, Json, NaiveDate, Update};
use sage_sandbox::oauth::Scope;
use sage_sandbox::{Api, Sandbox};

use crate::{accounting, decimal, sandbox};

fn contact(name: &str) -> NewContact {
    NewContact { name: name.into(), contact_type_ids: vec!["CUSTOMER".into()], ..Default::default() }
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 2, 28).expect("a date")
}

fn invoice(contact: &str, ledger_account: &str) -> NewSalesInvoice {
    let line = NewSalesInvoiceLine {
        description: "Wheels".into(),
        ledger_account_id: ledger_account.into(),
        quantity: Some(decimal("3")),
        unit_price: decimal("19.99"),
        tax_rate_id: Some("GB_STANDARD".into()),
        ..Default::default()
    };
    NewSalesInvoice { contact_id: contact.into(), date: day(), invoice_lines: vec![line], ..Default::default() }
}

#[tokio::test]
async fn a_contact_is_made_read_changed_found_and_deleted() {
    let sage = sandbox().await;
    let client = accounting(&sage);
    let new = NewContact {
        reference: Some("ANN".into()),
        credit_limit: Some(decimal("12345678901234.56789")),
        ..contact("Ann Example")
    };
    let created = client.contacts().create(new).await.expect("it is made");
    let id = created.id.clone().expect("an id");
    assert_eq!((id.len(), created.displayed_as.as_deref()), (32, Some("Ann Example")));
    assert_eq!(created.path, Some(format!("/contacts/{id}")));
    assert_eq!(created.created_at, created.updated_at);

    let read = client.contacts().get(&id).await.expect("it is there");
    assert_eq!(read, created);
    assert_eq!(read.credit_limit.map(|limit| limit.to_string()).as_deref(), Some("12345678901234.56789"));

    // Only what is named changes, and null clears.
    let update =
        ContactUpdate { name: Update::Set("Ann Changed".into()), reference: Update::Clear, ..Default::default() };
    let changed = client.contacts().update(&id, update).await.expect("it is changed");
    assert_eq!((changed.name.as_deref(), changed.reference), (Some("Ann Changed"), None));
    assert_eq!((changed.credit_limit, changed.contact_types), (read.credit_limit, read.contact_types));

    let found = client.contacts().list().search("ann chan").await.expect("a search");
    assert_eq!(found.items.len(), 1);
    assert_eq!(found.items[0].id.as_ref(), Some(&id));

    client.contacts().delete(&id).await.expect("it is deleted");
    let gone = client.contacts().get(&id).await.expect_err("it is gone");
    assert_eq!((gone.status(), gone.api()[0].code.as_deref()), (Some(404), Some("RecordNotFound")));
    assert_eq!(sage.findings(), []);
}

#[tokio::test]
async fn lists_page_and_show_what_is_asked_for() {
    let sage = sandbox().await;
    let client = accounting(&sage);
    let page = client.contacts().list().items_per_page(3).await.expect("a page");
    assert_eq!((page.items.len(), page.total()), (3, Some(8)));
    let first = &page.items[0];
    assert!(first.id.is_some() && first.displayed_as.is_some() && first.path.is_some());
    assert!(first.name.is_none() && first.main_address.is_none(), "a list shows what identifies a record");

    let past = client.contacts().list().items_per_page(3).page(99).await.expect("the last page");
    assert_eq!((past.page(), past.items.len(), past.next()), (Some(3), 2, None));
    let too_many = client.contacts().list().items_per_page(201).await.expect_err("200 at most");
    assert_eq!(too_many.status(), Some(422));

    let mut names = Vec::new();
    let mut contacts = client.contacts().list().items_per_page(3).attributes("name,balance").items();
    while let Some(contact) = contacts.next().await {
        let contact = contact.expect("all pages decode");
        assert!(contact.reference.is_none());
        names.extend(contact.name);
    }
    assert_eq!(names.len(), 8);
    assert!(names.contains(&"Müller & Söhne".to_owned()) && names.contains(&"O'Brien's Wheels".to_owned()));

    let vendors = client.contacts().list().contact_type_id("VENDOR").await.expect("a list");
    assert_eq!(vendors.items.len(), 3);
    let mail = client.contacts().list().email("ann@archer.example").await.expect("a list");
    assert_eq!(mail.items.len(), 1);
    let invoices = client.sales_invoices().list().sort("due_date:desc").attributes("due_date");
    let days: Vec<_> = invoices.await.expect("a list").items.into_iter().filter_map(|item| item.due_date).collect();
    assert!(days.windows(2).all(|pair| pair[0] >= pair[1]) && days.len() == 4, "{days:?}");

    // References in full, if that is asked for.
    let id = client.sales_invoices().list().await.expect("a list").items[0].id.clone().expect("an id");
    let short = client.sales_invoices().get(&id).await.expect("it is there");
    let full = client.sales_invoices().get(&id).nested_attributes("all").await.expect("it is there");
    let email = |invoice: sage_api::accounting::model::SalesInvoice| invoice.contact.and_then(|contact| contact.email);
    assert_eq!((email(short), email(full).as_deref()), (None, Some("ann@archer.example")));
    assert_eq!(sage.findings(), []);
}

#[tokio::test]
async fn what_changed_and_what_was_deleted_since() {
    let sage = Sandbox::builder().token_lifetime(86_400).start().await.expect("a free port on loopback");
    let client = accounting(&sage);
    sage.clock().advance(3600);
    let early = client.contacts().create(contact("Early")).await.expect("it is made");
    sage.clock().advance(3600);
    let late = client.contacts().create(contact("Late")).await.expect("it is made");
    let moment = late.updated_at.expect("a time");
    let since = |moment: DateTime<_>| client.contacts().list().updated_or_created_since(moment);
    // That very moment belongs to it.
    let changed = since(moment).await.expect("a list");
    assert_eq!(changed.items.len(), 1);
    assert_eq!(since(moment + Duration::from_secs(1)).await.expect("a list").items.len(), 0);
    assert_eq!(since(early.updated_at.expect("a time")).await.expect("a list").items.len(), 2);

    client.contacts().delete(late.id.as_deref().expect("an id")).await.expect("it is deleted");
    let deleted = |moment: DateTime<_>| client.contacts().list().deleted_since(moment).attributes("all");
    let list = deleted(moment - Duration::from_secs(1)).await.expect("a list");
    let [record] = &list.items[..] else { panic!("one was deleted: {list:?}") };
    assert_eq!(record.id, late.id);
    // That very moment does not.
    let at = record.deleted_at.expect("when it was deleted");
    assert_eq!(deleted(at).await.expect("a list").items.len(), 0);
    assert_eq!(since(moment).await.expect("a list").items.len(), 0);
}

#[tokio::test]
async fn an_invoice_is_drafted_released_paid_and_another_is_voided() {
    let sage = sandbox().await;
    let client = accounting(&sage);
    let customer = client.contacts().list().await.expect("a list").items[0].id.clone().expect("an id");
    let account = client.ledger_accounts().list().visible_in(LedgerAccountVisibleIn::Sales);
    let account = account.await.expect("a list").items[0].id.clone().expect("an id");

    let draft = NewSalesInvoice { status_id: Some("DRAFT".into()), ..invoice(&customer, &account) };
    let draft = client.sales_invoices().create(draft).await.expect("it is made");
    let id = draft.id.clone().expect("an id");
    assert_eq!(draft.invoice_number, None);
    let total = decimal("71.96");
    assert_eq!(
        (draft.net_amount, draft.tax_amount, draft.total_amount),
        (Some(decimal("59.97")), Some(decimal("11.99")), Some(total))
    );

    let sent = client.sales_invoices().release(&id).await.expect("it is released");
    assert_eq!(sent.invoice_number.as_deref(), Some("SI-4"));
    assert_eq!(sent.status.and_then(|status| status.id).as_deref(), Some("UNPAID"));
    let again = client.sales_invoices().release(&id).await.expect_err("once only");
    assert_eq!(again.status(), Some(422));

    let bank = client.bank_accounts().list().await.expect("a list").items[0].id.clone().expect("an id");
    let part = NewContactPaymentAllocatedArtefact {
        artefact_id: Some(id.clone()),
        amount: Some(decimal("1.96")),
        ..Default::default()
    };
    let payment = NewContactPayment {
        transaction_type_id: "CUSTOMER_RECEIPT".into(),
        contact_id: customer.clone(),
        bank_account_id: bank,
        date: day(),
        total_amount: decimal("1.96"),
        allocated_artefacts: Some(vec![part]),
        ..Default::default()
    };
    let paid = client.contact_payments().create(payment).await.expect("it is paid in part");
    let status = async || {
        let invoice = client.sales_invoices().get(&id).await.expect("it is there");
        (invoice.outstanding_amount.expect("an amount"), invoice.status.and_then(|status| status.id).expect("a status"))
    };
    assert_eq!(status().await, (decimal("70.00"), "PART_PAID".to_owned()));
    let unchanged = ContactPaymentUpdate { reference: Update::Set("part".into()), ..Default::default() };
    client.contact_payments().update(paid.id.as_deref().expect("an id"), unchanged).await.expect("it is changed");
    assert_eq!(status().await, (decimal("70.00"), "PART_PAID".to_owned()));
    client.contact_payments().delete(paid.id.as_deref().expect("an id")).await.expect("it is taken back");
    assert_eq!(status().await, (total, "UNPAID".to_owned()));

    let bare = client.sales_invoices().delete(&id).await.expect_err("a reason is needed");
    assert_eq!(bare.api()[0].source.as_deref(), Some("void_reason"));
    let voided = client.sales_invoices().delete(&id).void_reason("typed twice").await.expect("it is voided");
    assert_eq!(voided.status.and_then(|status| status.id).as_deref(), Some("VOID"));
    assert_eq!(client.sales_invoices().get(&id).await.expect("it stays").void_reason.as_deref(), Some("typed twice"));
    assert_eq!(sage.findings(), []);
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_its_place() {
    let sage = sandbox().await;
    let client = accounting(&sage);
    let unknown = NewContact { contact_type_ids: vec!["CUSTOMR".into()], ..contact("Ann") };
    let error = client.contacts().create(unknown).await.expect_err("no such type");
    assert_eq!(error.status(), Some(422));
    let [first] = error.api() else { panic!("one error: {error:?}") };
    assert_eq!((first.severity.as_deref(), first.code.as_deref()), (Some("error"), Some("RecordInvalid")));
    assert_eq!(first.source.as_deref(), Some("contact.contact_type_ids"));
    let lines = invoice("0123456789abcdef0123456789abcdef", "nowhere");
    let error = client.sales_invoices().create(lines).await.expect_err("nobody, and no account");
    let sources: Vec<_> = error.api().iter().filter_map(|error| error.source.as_deref()).collect();
    assert_eq!(sources, ["sales_invoice.contact_id", "sales_invoice.invoice_lines[0].ledger_account_id"]);
    let total = client.contacts().list().search("Ann").await.expect("a list").total();
    assert_eq!(total, Some(1), "nothing was kept but who was there before");
}

#[tokio::test]
async fn the_same_request_counts_once_for_seven_days() {
    let sage = sandbox().await;
    let client = accounting(&sage);
    let contact = |name: &str| {
        let mut new = contact(name);
        new.extra.insert("idempotency_id", Json::from("0123456789abcdef0123456789abcdef"));
        new
    };
    let send = async |name: &str| client.contacts().create(contact(name)).await;
    let count = async || client.contacts().list().search("Twice").await.expect("a list").total().expect("a total");
    let first = send("Twice").await.expect("it is made");
    let second = send("Twice").await.expect("the same reply");
    assert_eq!((first, count().await), (second, 1));
    let other = send("Twice as much").await.expect_err("another request");
    assert_eq!(other.api()[0].code.as_deref(), Some("IdempotencyResourceMismatch"));
    assert_eq!(count().await, 1);
    sage.clock().advance(7 * 86_400 + 1);
    let client = accounting(&sage);
    client.contacts().create(contact("Twice")).await.expect("it is forgotten");
    assert_eq!(client.contacts().list().search("Twice").await.expect("a list").total(), Some(2));
}

#[tokio::test]
async fn businesses_do_not_see_each_other() {
    let sage = sandbox().await;
    let token = sage.access_token(sage_sandbox::Api::Accounting);
    let of = |business: &str| {
        let builder = sage_api::accounting::Client::builder().origin(sage.origin()).access_token(&*token);
        builder.business(business).build().expect("the client is complete")
    };
    let (one, two) = (of(&sage.companies()[0].business), of(&sage.companies()[1].business));
    let made = one.contacts().create(contact("Only here")).await.expect("it is made");
    let elsewhere = two.contacts().get(made.id.as_deref().expect("an id")).await.expect_err("not there");
    assert_eq!(elsewhere.status(), Some(404));
    let businesses = one.businesses().list().await.expect("a list");
    assert_eq!(businesses.items.len(), 2);
    assert_eq!(businesses.items_per_page(), Some(2_147_483_647));
    let stranger = of("ffffffffffffffffffffffffffffffff").contacts().list().await.expect_err("not granted");
    assert_eq!((stranger.status(), stranger.api()[0].code.as_deref()), (Some(403), Some("MultiUserAccessDenied")));
}

#[tokio::test]
async fn a_file_comes_back_as_it_was() {
    let sage = sandbox().await;
    let client = accounting(&sage);
    let file = b"%PDF-1.7\n\xff\xfe\x00".to_vec();
    let invoice = client.sales_invoices().list().await.expect("a list").items[0].id.clone();
    let new = NewAttachment {
        file: Base64::from(file.clone()),
        file_name: "order.pdf".into(),
        mime_type: "application/pdf".into(),
        attachment_context_type_id: Some("SALES_INVOICE".into()),
        attachment_context_id: invoice,
        ..Default::default()
    };
    let made = client.attachments().create(new.clone()).await.expect("it is kept");
    assert_eq!((made.file_size, made.displayed_as.as_deref()), (Some(12), Some("order.pdf")));
    let bytes = client.attachments().file(made.id.as_deref().expect("an id")).await.expect("bytes");
    assert_eq!(bytes[..], file);
    let with = client.sales_invoices().list().has_attachments(true).await.expect("a list");
    assert_eq!(with.items.len(), 1);
    let large = NewAttachment { file: Base64::from(vec![0; (5 << 19) + 1]), ..new };
    let refused = client.attachments().create(large).await.expect_err("too large");
    assert_eq!(refused.delivery(), Delivery::NotSent);
    assert_eq!(sage.findings(), []);
}

#[tokio::test]
async fn a_business_is_changed_for_all_who_may_see_it_and_by_nobody_else() {
    let sage = sandbox().await;
    let (own, stranger) = (&sage.companies()[0], &sage.companies()[2]);
    let client = accounting(&sage);
    let update = |name: &str| BusinessUpdate { name: Update::Set(name.into()), ..Default::default() };
    let refused = client.businesses().update(&stranger.business, update("Mine now")).await.expect_err("not granted");
    assert_eq!(refused.status(), Some(404));
    client.businesses().update(&own.business, update("Renamed Ltd")).await.expect("it is changed");
    let token = sage.oauth().issue_for(Api::Accounting, Scope::FullAccess, sage.companies().to_vec());
    for company in &sage.companies()[..3] {
        let builder = sage_api::accounting::Client::builder().origin(sage.origin()).access_token(&*token);
        let client = builder.business(&*company.business).build().expect("the client is complete");
        let name = async |id: &str| client.businesses().get(id).await.expect("it is there").name;
        assert_eq!(name(&own.business).await.as_deref(), Some("Renamed Ltd"));
        assert_eq!(name(&stranger.business).await.as_deref(), Some(&*stranger.name));
    }
    assert_eq!(sage.findings(), []);
}

#[tokio::test]
async fn what_follows_from_a_property_changes_with_it() {
    let sage = sandbox().await;
    let client = accounting(&sage);
    let contacts = client.contacts().list().await.expect("a list").items;
    let account = client.ledger_accounts().list().await.expect("a list").items[0].id.clone().expect("an id");
    let id = |index: usize| contacts[index].id.clone().expect("an id");
    let made = client.sales_invoices().create(invoice(&id(0), &account)).await.expect("it is made");
    assert_eq!(made.contact_name.as_deref(), Some("Ann Archer Cycles"));
    let update = SalesInvoiceUpdate { contact_id: Update::Set(id(1)), ..Default::default() };
    let key = made.id.expect("an id");
    let moved = client.sales_invoices().update(&key, update).await.expect("it is changed");
    assert_eq!(moved.contact_name.as_deref(), Some("Müller & Söhne"));

    let attachment = |bytes: Vec<u8>| NewAttachment {
        file: Base64::from(bytes),
        file_name: "a.bin".into(),
        mime_type: "application/pdf".into(),
        ..Default::default()
    };
    let made = client.attachments().create(attachment(vec![1; 10])).await.expect("it is kept");
    let key = made.id.expect("an id");
    let file = |size: usize| AttachmentUpdate { file: Update::Set(Base64::from(vec![2; size])), ..Default::default() };
    let changed = client.attachments().update(&key, file(20)).await.expect("it is changed");
    assert_eq!(changed.file_size, Some(20));
    assert_eq!(sage.findings(), []);
}

#[tokio::test]
async fn filters_leave_out_what_does_not_fit_and_what_has_nothing_to_compare() {
    let sage = sandbox().await;
    let client = accounting(&sage);
    let names = async |list: sage_api::accounting::ledger_accounts::ListLedgerAccounts| {
        let list = list.attributes("name").await.expect("a list").items;
        list.into_iter().filter_map(|account| account.name).collect::<Vec<_>>()
    };
    let accounts = || client.ledger_accounts().list();
    assert_eq!(names(accounts().visible_in(LedgerAccountVisibleIn::Sales)).await, ["Sales", "Services"]);
    let hidden = names(accounts().not_visible_in(LedgerAccountNotVisibleIn::Sales)).await;
    assert_eq!((hidden.len(), hidden.contains(&"Sales".to_owned())), (6, false));
    assert_eq!(names(accounts().show_control_accounts(true)).await, [""; 0]);
    assert_eq!(names(accounts().show_included_in_chart(true)).await.len(), 8);

    assert_eq!(client.contacts().list().filter_inactive_contacts(true).await.expect("a list").total(), Some(7));
    assert_eq!(client.contacts().list().filter_inactive_contacts(false).await.expect("a list").total(), Some(8));
    assert_eq!(client.stock_items().list().below_reorder_level(true).await.expect("a list").total(), Some(1));
    assert_eq!(client.stock_items().list().out_of_stock(true).await.expect("a list").total(), Some(0));

    // What leads nowhere is not what is looked for.
    let bare = NewContact { contact_type_ids: Vec::new(), ..contact("Bare") };
    client.contacts().create(bare).await.expect("it is made");
    assert_eq!(client.contacts().list().contact_type_id("VENDOR").await.expect("a list").total(), Some(3));

    let contact = client.contacts().list().await.expect("a list").items[0].id.clone().expect("an id");
    let bank = client.bank_accounts().list().await.expect("a list").items[0].id.clone().expect("an id");
    let addresses = async || client.addresses().list().contact_id(&*contact).await.expect("a list").total();
    let before = addresses().await;
    let nobodys = NewAddress {
        address_type_id: "ACCOUNTS".into(),
        bank_account_id: Some(bank),
        name: "Bank".into(),
        ..Default::default()
    };
    client.addresses().create(nobodys).await.expect("it is made");
    assert_eq!(addresses().await, before);

    let invoices = async |from: &str, to: &str| {
        let day = |text: &str| format!("{text}T00:00:00Z").parse::<DateTime<FixedOffset>>().expect("a moment");
        let list = client.sales_invoices().list().from_date(day(from)).to_date(day(to));
        list.await.expect("a list").total()
    };
    assert_eq!(invoices("2026-01-12", "2026-01-20").await, Some(2));
    assert_eq!(sage.findings(), []);
}

#[tokio::test]
async fn amounts_that_nobody_can_count_with_are_refused() {
    let sage = sandbox().await;
    let client = accounting(&sage);
    let customer = client.contacts().list().await.expect("a list").items[0].id.clone().expect("an id");
    let account = client.ledger_accounts().list().await.expect("a list").items[0].id.clone().expect("an id");
    let before = client.sales_invoices().list().await.expect("a list").total();
    let mut huge = invoice(&customer, &account);
    huge.invoice_lines[0].unit_price = decimal("79228162514264337593543950335");
    let refused = client.sales_invoices().create(huge).await.expect_err("too large");
    assert_eq!(refused.status(), Some(422));
    assert_eq!(refused.api()[0].source.as_deref(), Some("sales_invoice.invoice_lines[0]"));

    let invoice = client.sales_invoices().create(invoice(&customer, &account)).await.expect("it is made");
    let bank = client.bank_accounts().list().await.expect("a list").items[0].id.clone().expect("an id");
    let part = |amount: &str| NewContactPaymentAllocatedArtefact {
        artefact_id: invoice.id.clone(),
        amount: Some(decimal(amount)),
        ..Default::default()
    };
    let payment = NewContactPayment {
        transaction_type_id: "CUSTOMER_RECEIPT".into(),
        contact_id: customer,
        bank_account_id: bank,
        date: day(),
        total_amount: decimal("2"),
        allocated_artefacts: Some(vec![part("1"), part("79228162514264337593543950335")]),
        ..Default::default()
    };
    let payments = client.contact_payments().list().await.expect("a list").total();
    let refused = client.contact_payments().create(payment).await.expect_err("too large");
    assert_eq!(refused.status(), Some(422));
    let id = invoice.id.as_deref().expect("an id");
    let unpaid = client.sales_invoices().get(id).await.expect("it is there");
    assert_eq!((unpaid.outstanding_amount, unpaid.updated_at), (invoice.outstanding_amount, invoice.updated_at));
    assert_eq!(client.contact_payments().list().await.expect("a list").total(), payments);
    assert_eq!(client.sales_invoices().list().await.expect("a list").total(), before.map(|before| before + 1));
}

#[tokio::test]
async fn what_is_too_long_or_too_large_is_refused_and_an_unknown_order_is_found() {
    let sage = sandbox().await;
    let client = accounting(&sage);
    for days in [-1, 366] {
        let new = NewContact { credit_days: Some(days), ..contact("Late") };
        let refused = client.contacts().create(new).await.expect_err("0 to 365");
        assert_eq!((refused.status(), refused.api()[0].source.as_deref()), (Some(422), Some("contact.credit_days")));
    }
    let mut far = contact("Far");
    far.main_address = Some(NewContactAddress { postal_code: Some("x".repeat(11)), ..Default::default() });
    let refused = client.contacts().create(far).await.expect_err("ten characters");
    let at = "contact.main_address.postal_code";
    assert_eq!((refused.status(), refused.api()[0].source.as_deref()), (Some(422), Some(at)));
    assert_eq!(sage.findings().pop().map(|finding| finding.refused), Some(true));
    let count = sage.findings().len();
    client.sales_invoices().list().sort("due_date:desc").await.expect("a list");
    assert_eq!(sage.findings().len(), count);
    client.sales_invoices().list().sort("nobody").await.expect("a list");
    let findings = sage.findings().split_off(count);
    let [finding] = &findings[..] else { panic!("one finding: {findings:?}") };
    assert_eq!((finding.at.as_str(), finding.refused), ("query.sort", false));
}
