//! Declarations of types, built with `quote` and printed by `prettyplease`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{docs, types};
use crate::names::Ident;
use crate::rust::{Role, Struct, Type};

/// `prettyplease` breaks lines that are longer.
const WIDTH: usize = 89;

/// Prints one item.
pub(super) fn print(tokens: TokenStream) -> String {
    match syn::parse2(tokens) {
        Ok(item) => prettyplease::unparse(&syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items: vec![item] }),
        // What is quoted here is Rust whatever the names are; if not, the compiler of the output says so.
        Err(error) => format!("compile_error!({});\n", types::literal(&error.to_string())),
    }
}

/// A type's tokens.
pub(super) fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap_or_default()
}

/// An identifier's token.
pub(super) fn ident(name: &Ident) -> proc_macro2::Ident {
    format_ident!("{}", name.as_str())
}

/// A model.
pub(super) fn structure(item: &Struct, paragraphs: &[String]) -> String {
    let name = ident(&item.name);
    let documentation = docs::attributes(paragraphs, 0);
    let open = (item.role == Role::Reply).then(|| quote!(#[non_exhaustive]));
    let fields = item.fields.iter().map(|field| {
        let documentation = docs::attributes(&field.docs, 4);
        let name = ident(&field.name);
        let text = types::text(&field.ty, "");
        // `prettyplease` would break a line that rustfmt leaves whole.
        let whole = (field.name.as_str().len() + text.len() + 11 > WIDTH).then(|| quote!(#[rustfmt::skip]));
        let ty = tokens(&text);
        quote!(#documentation #whole pub #name: #ty)
    });
    let extra = extra(item.additional.as_ref());
    print(quote! {
        #documentation
        #[derive(Clone, Default)]
        #open
        pub struct #name {
            #(#fields,)*
            #extra
            pub extra: rt::Extra,
        }
    })
}

fn extra(additional: Option<&Type>) -> TokenStream {
    let text = match additional {
        None => "What else there is.".to_owned(),
        Some(ty) => format!("What else there is, each a `{}`.", types::text(ty, "")),
    };
    docs::attributes(&[text], 4)
}

/// An enumeration of names; the last one holds what is not listed.
pub(super) fn enumeration(name: &Ident, paragraphs: &[String], derives: &str, variants: &[(Ident, String, Option<String>)]) -> String {
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
    let name = ident(name);
    let documentation = docs::attributes(paragraphs, 0);
    let (derives, inner) = (tokens(derives), tokens(inner));
    print(quote! {
        #documentation
        #[derive(#derives)]
        pub struct #name(#inner);
    })
}
