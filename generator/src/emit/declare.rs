//! Declarations of types.

use std::fmt::Write as _;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{docs, types};
use crate::names::Ident;
use crate::rust::{Role, Struct};

/// Prints one item.
fn print(tokens: TokenStream) -> String {
    match syn::parse2(tokens) {
        Ok(item) => {
            prettyplease::unparse(&syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items: vec![item] })
        }
        // What is quoted here is Rust whatever the names are; if not, the compiler of the output says so.
        Err(error) => format!("compile_error!({});\n", types::literal(&error.to_string())),
    }
}

/// A type's tokens.
fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap_or_default()
}

/// An identifier's token.
fn ident(name: &Ident) -> proc_macro2::Ident {
    format_ident!("{}", name.as_str())
}

/// A model. There are thousands of fields, and rustfmt allows lines of 100 where `prettyplease` breaks at 89, so these are
/// written as they are.
pub(super) fn structure(item: &Struct, paragraphs: &[String]) -> String {
    let mut out = docs::comment(paragraphs, 0, "///");
    out.push_str("#[derive(Clone, Default)]\n");
    if item.role == Role::Reply {
        out.push_str("#[non_exhaustive]\n");
    }
    let _ = writeln!(out, "pub struct {} {{", item.name);
    for field in &item.fields {
        out.push_str(&docs::comment(&field.docs, 4, "///"));
        let ty = types::text(&field.ty, "");
        let line = format!("    pub {}: {ty},\n", field.name);
        if line.len() <= 101 {
            out.push_str(&line);
        } else {
            let _ = write!(out, "    pub {}:\n        {ty},\n", field.name);
        }
    }
    let extra = match &item.additional {
        None if item.role == Role::Reply => "Properties that are not listed here, as they came.".to_owned(),
        None => "Properties that are not listed here, to be sent as they are.".to_owned(),
        Some(ty) => format!("Any other properties, each a `{}`.", types::text(ty, "")),
    };
    out.push_str(&docs::comment(&[extra], 4, "///"));
    out.push_str("    pub extra: rt::Extra,\n}\n");
    out
}

/// An enumeration of names; the last one holds what is not listed.
pub(super) fn enumeration(
    name: &Ident,
    paragraphs: &[String],
    derives: &str,
    variants: &[(Ident, String, Option<String>)],
) -> String {
    let name = ident(name);
    let documentation = docs::attributes(paragraphs, 0);
    let derives = tokens(derives);
    let variants = variants.iter().map(|(name, line, holds)| {
        let documentation = docs::attributes(std::slice::from_ref(line), 4);
        let name = ident(name);
        let holds = holds.as_deref().map(tokens).map(|ty| quote!((#ty)));
        quote!(#documentation #name #holds)
    });
    print(quote! {
        #documentation
        #[derive(#derives)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
        }
    })
}

/// A struct around one private value.
pub(super) fn wrapper(name: &Ident, paragraphs: &[String], derives: &str, inner: &str) -> String {
    let comment = docs::comment(paragraphs, 0, "///");
    let line = format!("pub struct {name}({inner});\n");
    let text = if line.len() <= 101 { line } else { format!("pub struct {name}(\n    {inner},\n);\n") };
    format!("{comment}#[derive({derives})]\n{text}")
}
