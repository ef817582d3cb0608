//! Postings of Sage 200: they answer with a number, and stand in the ledger from then on.

use crate::json::{Node, Object, decimal, given, number};
use crate::reply::Reply;

use super::{Call, Outcome};

/// What is posted, the ledger in which it stands, and what it is called there.
const LEDGERS: [(&str, &str, &str); 10] = [
    ("sales_invoices", "sales_posted_transactions", "TradingAccountEntryTypeInvoice"),
    ("sales_credit_notes", "sales_posted_transactions", "TradingAccountEntryTypeCreditNote"),
    ("sales_receipts", "sales_posted_transactions", "TradingAccountEntryTypeReceipt"),
    ("sales_payments", "sales_posted_transactions", "TradingAccountEntryTypePayment"),
    ("purchase_invoices", "purchase_posted_transactions", "TradingAccountEntryTypeInvoice"),
    ("purchase_credit_notes", "purchase_posted_transactions", "TradingAccountEntryTypeCreditNote"),
    ("purchase_receipts", "purchase_posted_transactions", "TradingAccountEntryTypeReceipt"),
    ("purchase_payments", "purchase_posted_transactions", "TradingAccountEntryTypePayment"),
    ("bank_payment", "bank_posted_transactions", "BankPayment"),
    ("bank_receipt", "bank_posted_transactions", "BankReceipt"),
];

impl Call<'_> {
    /// Writes an entry, and answers with its number.
    pub(super) fn post(&mut self) -> Outcome {
        let body = self.payload();
        let urn = self.world.new_id();
        if let Some((_, ledger, kind)) = LEDGERS.iter().find(|(posted, ..)| *posted == self.resource()) {
            let mut entry = body.clone();
            let amount = |name: &str| given(&body, name).and_then(decimal).unwrap_or_default();
            let gross = amount("document_goods_value") + amount("document_tax_value");
            entry.insert("urn".to_owned(), number(&urn));
            entry.insert("trader_transaction_type".to_owned(), Node::from(*kind));
            entry.insert("document_gross_value".to_owned(), number(gross));
            entry.insert("document_outstanding_value".to_owned(), number(gross));
            self.world.write(ledger, &entry, self.now)?;
        }
        let mut reply = Object::new();
        reply.insert("urn".to_owned(), Node::from(urn));
        Ok(Reply { status: self.route.status, ..self.reply(&reply) })
    }
}
