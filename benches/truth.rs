//! What the peers' types make of replies as Sage sends them; `truth.sh` puts it into each peer's crate and runs it.
//! The crates differ in where their types live only, so `use` lines are put before this. Every value is made up.

fn decode<T: serde::de::DeserializeOwned>(what: &str, reply: &str) {
    match serde_json::from_str::<T>(reply) {
        Ok(_) => println!("decodes  {what}"),
        Err(error) => println!("FAILS    {what}: {error}"),
    }
}

#[test]
fn truth() {
    decode::<Vec<Contact>>("list, bare array", r#"[{"id":"a"}]"#);
    decode::<Vec<Contact>>("list, envelope", r#"{"$total":1,"$page":1,"$next":null,"$back":null,"$itemsPerPage":20,"$items":[{"id":"a"}]}"#);
    decode::<Contact>("money as a number", r#"{"id":"a","balance":110.0}"#);
    decode::<Contact>("money as text", r#"{"id":"a","balance":"110.0"}"#);
    decode::<SalesInvoice>("a date", r#"{"id":"a","due_date":"2025-01-02"}"#);
    decode::<SalesInvoice>("an empty date", r#"{"id":"a","due_date":""}"#);
    decode::<Contact>("null", r#"{"id":"a","balance":null,"main_address":null,"contact_types":null}"#);
    decode::<Contact>("a new enum value", r#"{"id":"a","credit_terms":"something_new"}"#);

    let sent = r#"{"id":"a","balance":12345678901234.56789,"something_new":1}"#;
    let contact: Contact = serde_json::from_str(sent).expect("the peers read this");
    println!("sent     {sent}\nreturned {}", serde_json::to_string(&contact).expect("the peers write this"));
}
