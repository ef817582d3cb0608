//! Sage 200: sites, life cycles, OData.

use sage_api::Update;
use sage_api::sage_200::Client;
use sage_api::sage_200::model::{
    CustomerUpdate, NewBankPayment, NewCustomer, NewSalesInvoice, NewSalesReceipt, ProductDuplicateFlags,
    SopOrderDuplicateFlags, SopOrderUpdate,
};

use crate::{decimal, sage_200, sandbox};

#[tokio::test]
async fn a_customer_is_made_read_changed_and_deleted() {
    let sage = sandbox().await;
    let client = sage_200(&sage, 0);
    let new = NewCustomer {
        reference: Some("NEW001".into()),
        name: Some("New & Co".into()),
        credit_limit: Some(decimal("12345678901234.56")),
        ..Default::default()
    };
    let made = client.customers().create(new).await.expect("it is made");
    let id = made.id.expect("an id");
    assert_eq!((made.on_hold, made.account_status_type.as_deref()), (Some(false), Some("AccountStatusActive")));
    assert_eq!(made.credit_limit, Some(decimal("12345678901234.56")));
    assert_eq!(client.customers().get(id).await.expect("it is there"), made);
    let update = CustomerUpdate { on_hold: Update::Set(true), name: Update::Clear, ..Default::default() };
    let changed = client.customers().update(id, update).await.expect("it is changed");
    assert_eq!((changed.on_hold, changed.name, changed.reference.as_deref()), (Some(true), None, Some("NEW001")));
    let nowhere = CustomerUpdate { currency_id: Update::Set(99), ..Default::default() };
    let refused = client.customers().update(id, nowhere).await.expect_err("no such currency");
    assert_eq!(refused.status(), Some(400));
    assert!(refused.api()[0].message.as_deref().is_some_and(|message| message.contains("currency_id")));
    client.customers().delete(id).await.expect("it is deleted");
    assert_eq!(client.customers().get(id).await.expect_err("it is gone").status(), Some(404));
    assert_eq!(sage.findings(), []);
}

#[tokio::test]
async fn a_posted_invoice_stands_in_the_ledger() {
    let sage = sandbox().await;
    let client = sage_200(&sage, 0);
    let invoice = NewSalesInvoice {
        customer_id: Some(3001),
        reference: Some("INV-9".into()),
        document_goods_value: Some(decimal("100")),
        document_tax_value: Some(decimal("20")),
        ..Default::default()
    };
    let urn = client.sales_invoices().create(invoice).await.expect("it is posted").urn.expect("a number");
    let posted = client.sales_posted_transactions().list().filter(format!("urn eq {urn}")).expand("customer");
    let posted = posted.await.expect("a list").items;
    let [entry] = &posted[..] else { panic!("one entry: {posted:?}") };
    assert_eq!((entry.reference.as_deref(), entry.document_gross_value), (Some("INV-9"), Some(decimal("120"))));
    let customer = entry.customer.as_ref().expect("it is expanded");
    assert_eq!(customer.name.as_deref(), Some("Ann Archer Cycles"));
    assert_eq!(sage.findings(), []);
}

/// The references of the customers that a filter selects.
async fn selected(client: &Client, filter: &str) -> Vec<String> {
    let list = client.customers().list().filter(filter).orderby("reference").select("reference");
    let list = list.await.unwrap_or_else(|error| panic!("{filter}: {error:?}"));
    list.items.into_iter().map(|customer| customer.reference.expect("a reference")).collect()
}

#[tokio::test]
async fn filters_select_the_right_rows() {
    let sage = sandbox().await;
    let client = sage_200(&sage, 0);
    let all = ["ABB001", "ACE001", "ARC001", "CAF001", "MUL001", "NOR001", "OBR001"];
    for (filter, expected) in [
        ("id ge 0", &all[..]),
        ("reference eq 'ARC001'", &["ARC001"]),
        ("reference ne 'ARC001'", &["ABB001", "ACE001", "CAF001", "MUL001", "NOR001", "OBR001"]),
        ("name eq 'O''Brien''s Wheels'", &["OBR001"]),
        ("name eq 'Müller & Söhne'", &["MUL001"]),
        ("startswith(name,'A')", &["ABB001", "ACE001", "ARC001"]),
        ("endswith(name, 's')", &["ABB001", "ACE001", "ARC001", "NOR001", "OBR001"]),
        ("contains(name,'é')", &["CAF001"]),
        ("not contains(name, ' ')", &[]),
        ("balance gt 100", &["ACE001", "ARC001", "MUL001"]),
        ("balance ge 100", &["ACE001", "ARC001", "CAF001", "MUL001"]),
        ("balance lt 0", &["ABB001"]),
        ("balance le 0.0 and on_hold eq true", &["OBR001"]),
        ("on_hold", &["ACE001", "OBR001"]),
        ("on_hold eq true or balance gt 1000", &["ACE001", "ARC001", "OBR001"]),
        ("(on_hold eq true or balance gt 1000) and startswith(name,'A')", &["ACE001", "ARC001"]),
        ("vat_number eq null", &["ABB001", "MUL001", "NOR001"]),
        ("vat_number ne null and not (balance gt 100)", &["CAF001", "OBR001"]),
        ("account_opened gt 2023-01-01", &["ABB001", "CAF001", "NOR001"]),
        ("account_opened le 2021-02-15T00:00:00Z", &["ACE001", "ARC001", "MUL001"]),
        ("currency/name eq 'Euro'", &["CAF001", "MUL001", "OBR001"]),
        ("contains(name,'Sprocket') eq false and balance gt 1000", &["ARC001"]),
    ] {
        assert_eq!(selected(&client, filter).await, expected, "{filter}");
    }
    for filter in
        ["name gt 5", "balance eq '100'", "nobody eq 1", "name eq Ann", "on_hold gt true", "(name eq 'x'", "name"]
    {
        let error = client.customers().list().filter(filter).await.expect_err("nonsense");
        assert_eq!(error.status(), Some(400), "{filter}");
        assert!(error.api()[0].message.as_deref().is_some_and(|message| message.contains("$filter")), "{filter}");
    }
}

#[tokio::test]
async fn rows_are_selected_sorted_and_paged() {
    let sage = sandbox().await;
    let client = sage_200(&sage, 0);
    let list = || client.customers().list();
    let page = list().orderby("balance desc,reference asc").top(2).skip(1).count(true).await.expect("a page");
    assert_eq!(page.total(), Some(7));
    let names: Vec<_> = page.items.iter().map(|item| item.reference.as_deref().expect("a reference")).collect();
    assert_eq!(names, ["MUL001", "ACE001"]);
    let narrow = &list().select("id,name").top(1).await.expect("a list").items[0];
    assert!(narrow.id.is_some() && narrow.name.is_some() && narrow.reference.is_none() && narrow.balance.is_none());
    let plain = &list().top(1).await.expect("a list").items[0];
    assert!(plain.currency.is_none(), "related records come when they are asked for");
    let one = client.customers().get(3002).select("name").expand("currency").await.expect("it is there");
    assert_eq!(one.currency.and_then(|currency| currency.symbol).as_deref(), Some("€"));
    assert_eq!(one.reference, None);
    for (request, wrong) in [
        (list().top(5001), "$top"),
        (list().orderby("nobody"), "$orderby"),
        (list().orderby("name up"), "$orderby"),
        (list().select("nobody"), "$select"),
        (list().expand("nobody"), "$expand"),
    ] {
        let error = request.await.expect_err("nonsense");
        assert_eq!(error.status(), Some(400), "{wrong}");
        assert!(error.api()[0].message.as_deref().is_some_and(|message| message.contains(wrong)), "{wrong}");
    }
    let mut names = Vec::new();
    let mut customers = list().orderby("name").top(3).items();
    while let Some(customer) = customers.next().await {
        names.extend(customer.expect("all pages decode").reference);
    }
    assert_eq!(names.len(), 7);
}

#[tokio::test]
async fn companies_do_not_see_each_other() {
    let sage = sandbox().await;
    let (one, two) = (sage_200(&sage, 0), sage_200(&sage, 1));
    let new = NewCustomer { reference: Some("ONLY".into()), name: Some("Only here".into()), ..Default::default() };
    let id = one.customers().create(new).await.expect("it is made").id.expect("an id");
    assert_eq!(two.customers().get(id).await.expect_err("not there").status(), Some(404));
    let sites = one.sites().list().await.expect("a list").items;
    let numbers: Vec<_> = sites.iter().filter_map(|site| site.company_id).collect();
    assert_eq!(numbers, [1, 2]);
    let stranger = sage_200(&sage, 3).customers().list().await.expect_err("not granted");
    assert_eq!(stranger.status(), Some(401));
}

#[tokio::test]
async fn records_below_others_belong_to_them() {
    let sage = sandbox().await;
    let client = sage_200(&sage, 0);
    let contact = &client.customer_contacts().list().await.expect("a list").items[0];
    let (id, customer) = (contact.id.expect("an id"), contact.customer_id.expect("a customer"));
    let below = client.customer_contacts().get_for_customer(customer, id).await.expect("it is there");
    assert_eq!(below.id, Some(id));
    let other = if customer == 3001 { 3002 } else { 3001 };
    let elsewhere = client.customer_contacts().get_for_customer(other, id).await.expect_err("another customer");
    assert_eq!(elsewhere.status(), Some(404));
}

#[tokio::test]
async fn paths_go_through_more_than_one_record() {
    let sage = sandbox().await;
    let client = sage_200(&sage, 0);
    let contacts = |filter: &str| client.customer_contacts().list().filter(filter);
    let of = |contacts: Vec<sage_api::sage_200::model::CustomerContact>| {
        let mut customers: Vec<_> = contacts.into_iter().filter_map(|contact| contact.customer_id).collect();
        customers.dedup();
        customers
    };
    let all = of(contacts("id ge 0").await.expect("a list").items);
    assert!(all.len() > 1, "{all:?}");
    let orders = client.sop_orders().list().filter("customer/currency/symbol eq '£'").expand("customer/currency");
    let orders = orders.await.expect("a list").items;
    assert!(!orders.is_empty());
    for order in &orders {
        let currency = order.customer.as_ref().and_then(|customer| customer.currency.as_ref());
        assert_eq!(currency.and_then(|currency| currency.symbol.as_deref()), Some("£"));
    }
    let none = client.sop_orders().list().filter("customer/currency/symbol eq '?'").await.expect("a list").items;
    assert_eq!(none, []);
    for path in ["customer/nobody", "customer/currency/name/x", "nobody/customer", &["customer"; 9].join("/")] {
        let error = client.sop_orders().list().expand(path).await.expect_err("no such path");
        assert_eq!(error.status(), Some(400), "{path}");
        assert!(error.api()[0].message.as_deref().is_some_and(|message| message.contains("$expand")), "{path}");
    }
    let licence = client.licence().get().select("nobody").await.expect_err("no such property");
    assert_eq!(licence.status(), Some(400));
}

#[tokio::test]
async fn new_records_with_defaults_are_not_kept_and_duplicates_of_orders_are() {
    let sage = sandbox().await;
    let client = sage_200(&sage, 0);
    let count = async || client.customers().list().await.expect("a list").items.len();
    let before = count().await;
    let usual = client.customers().defaults().await.expect("a customer");
    assert_eq!((usual.account_status_type.as_deref(), usual.on_hold), (Some("AccountStatusActive"), Some(false)));
    assert_eq!((usual.id, usual.name.as_deref(), count().await), (None, None, before));

    let orders = async || client.sop_orders().list().await.expect("a list").items.len();
    let (before, order) = (orders().await, client.sop_orders().list().await.expect("a list").items[0].id);
    let id = order.expect("an id");
    let copy = client.sop_orders().duplicate(SopOrderDuplicateFlags { source_id: Some(id), ..Default::default() });
    let copy = copy.await.expect("a draft");
    assert_ne!(copy.id, order);
    assert_eq!((copy.is_editing, orders().await), (Some(true), before + 1));
    let changed = SopOrderUpdate { override_on_hold: Update::Set(true), ..Default::default() };
    client.sop_orders().update_with_defaults(id, changed).await.expect("it is one of the orders");
    let read = client.sop_orders().get(id).await.expect("it is there");
    assert_eq!((read.override_on_hold, orders().await), (Some(true), before + 1));

    let products = async || client.products().list().await.expect("a list").items.len();
    let before = products().await;
    let flags = ProductDuplicateFlags { source_id: Some(3501), ..Default::default() };
    let copy = client.products().duplicate(flags).await.expect("a copy");
    assert_eq!((copy.id, copy.name.as_deref(), products().await), (None, Some("Bicycle bell"), before));
    assert_eq!(sage.findings(), []);
}

#[tokio::test]
async fn receipts_and_bank_payments_stand_in_their_ledgers_with_their_amounts() {
    let sage = sandbox().await;
    let client = sage_200(&sage, 0);
    let receipt = NewSalesReceipt {
        customer_id: Some(3001),
        bank_id: Some(3201),
        reference: Some("REC-1".into()),
        cheque_value: Some(decimal("120.50")),
        ..Default::default()
    };
    let urn = client.sales_receipts().create(receipt).await.expect("it is posted").urn.expect("a number");
    let posted = client.sales_posted_transactions().list().filter(format!("urn eq {urn}")).await.expect("a list").items;
    let [entry] = &posted[..] else { panic!("one entry: {posted:?}") };
    assert_eq!(entry.trader_transaction_type.as_deref(), Some("TradingAccountEntryTypeReceipt"));
    assert_eq!(entry.document_gross_value, Some(decimal("120.50")));
    let payment = NewBankPayment {
        bank_id: Some(3201),
        reference: Some("PAY-1".into()),
        cheque_goods_value: Some(decimal("100")),
        cheque_tax_value: Some(decimal("20")),
        ..Default::default()
    };
    let urn = client.bank_payment().create(payment).await.expect("it is posted").urn.expect("a number");
    let posted = client.bank_posted_transactions().list().filter(format!("urn eq {urn}")).await.expect("a list").items;
    let [entry] = &posted[..] else { panic!("one entry: {posted:?}") };
    assert_eq!(entry.bank_transaction_type.as_deref(), Some("BankPayment"));
    assert_eq!((entry.reference.as_deref(), entry.cheque_value), (Some("PAY-1"), Some(decimal("120"))));
    let huge = |value: &str| NewSalesInvoice {
        customer_id: Some(3001),
        document_goods_value: Some(decimal(value)),
        document_tax_value: Some(decimal(value)),
        ..Default::default()
    };
    let error = client.sales_invoices().create(huge("79228162514264337593543950335")).await.expect_err("too large");
    assert_eq!(error.status(), Some(400));
    assert_eq!(sage.findings(), []);
}
