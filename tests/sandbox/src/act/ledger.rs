//! Postings of Sage 200: they answer with a number, and stand in the ledger from then on.

use rust_decimal::Decimal;

use crate::fault::Fault;
use crate::json::{Node, Object, decimal, given, number};
use crate::reply::Reply;

use super::{Call, Outcome};

/// A ledger, and what its entries are called in.
struct Ledger {
    entries: &'static str,
    /// The property that says what kind of entry it is.
    kind: &'static str,
    /// The properties that hold its whole amount.
    amounts: &'static [&'static str],
}

const TRADE: &[&str] = &["document_gross_value", "document_outstanding_value"];
const SALES: Ledger = Ledger { entries: "sales_posted_transactions", kind: "trader_transaction_type", amounts: TRADE };
const PURCHASES: Ledger =
    Ledger { entries: "purchase_posted_transactions", kind: "trader_transaction_type", amounts: TRADE };
const BANK: Ledger =
    Ledger { entries: "bank_posted_transactions", kind: "bank_transaction_type", amounts: &["cheque_value"] };

/// What the amount of a posting is the sum of: what stands first and is there counts.
type Sums = &'static [&'static [&'static str]];

const DOCUMENT: Sums = &[&["document_goods_value", "document_tax_value"]];
const CHEQUE: Sums = &[&["cheque_value"], &["cheque_goods_value", "cheque_tax_value"]];
const OF_CUSTOMER: Sums = &[&["customer_cheque_value"], &["cheque_value"]];
const OF_SUPPLIER: Sums = &[&["supplier_cheque_value"], &["cheque_value"]];

/// What is posted, where it stands, what it is called there, and what its amount is.
const LEDGERS: [(&str, Ledger, &str, Sums); 10] = [
    ("sales_invoices", SALES, "TradingAccountEntryTypeInvoice", DOCUMENT),
    ("sales_credit_notes", SALES, "TradingAccountEntryTypeCreditNote", DOCUMENT),
    ("sales_receipts", SALES, "TradingAccountEntryTypeReceipt", OF_CUSTOMER),
    ("sales_payments", SALES, "TradingAccountEntryTypePayment", OF_CUSTOMER),
    ("purchase_invoices", PURCHASES, "TradingAccountEntryTypeInvoice", DOCUMENT),
    ("purchase_credit_notes", PURCHASES, "TradingAccountEntryTypeCreditNote", DOCUMENT),
    ("purchase_receipts", PURCHASES, "TradingAccountEntryTypeReceipt", OF_SUPPLIER),
    ("purchase_payments", PURCHASES, "TradingAccountEntryTypePayment", OF_SUPPLIER),
    ("bank_payment", BANK, "BankPayment", CHEQUE),
    ("bank_receipt", BANK, "BankReceipt", CHEQUE),
];

impl Call<'_> {
    /// Writes an entry, and answers with its number.
    pub(super) fn post(&mut self) -> Outcome {
        let body = self.payload();
        let urn = self.world.new_id();
        if let Some((_, ledger, kind, sums)) = LEDGERS.iter().find(|(posted, ..)| *posted == self.resource()) {
            let amount = amount(&body, sums).map_err(|fault| vec![fault])?;
            let mut entry = body;
            entry.insert("urn".to_owned(), number(&urn));
            entry.insert(ledger.kind.to_owned(), Node::from(*kind));
            entry.extend(ledger.amounts.iter().map(|name| ((*name).to_owned(), number(amount))));
            self.world.write(ledger.entries, &entry, self.now)?;
        }
        let mut reply = Object::default();
        reply.insert("urn".to_owned(), Node::from(urn));
        Ok(Reply { status: self.route.status, ..self.reply(&reply) })
    }
}

/// The amount of a posting.
fn amount(body: &Object, sums: Sums) -> Result<Decimal, Fault> {
    let Some(parts) = sums.iter().find(|parts| parts.iter().any(|name| given(body, name).is_some())) else {
        return Ok(Decimal::ZERO);
    };
    parts.iter().try_fold(Decimal::ZERO, |sum, name| {
        let amount = given(body, name).and_then(decimal).unwrap_or_default();
        sum.checked_add(amount).ok_or_else(|| Fault::invalid(*name, "is too large"))
    })
}
