//! What a success brings, over all the statuses that are one.

use super::models::Models;
use super::resources;
use crate::ir;
use crate::names::resolve::{Wish, resolve};
use crate::names::{Ident, Words};
use crate::rust::{Replies, Reply, ReplyKind, Role, Type};

/// One kind of content, and the statuses that it comes with; none for all that are not listed.
struct Kind {
    ty: Option<Type>,
    statuses: Vec<u16>,
}

/// The reply of an operation.
pub(super) fn lower(models: &Models<'_>, operation: &ir::Operation, request: &Ident) -> Reply {
    let contents = || operation.replies.iter().filter_map(|reply| reply.content.as_ref());
    if contents().any(|content| matches!(content, ir::Content::Bytes(_))) {
        return Reply::Bytes;
    }
    if contents().any(|content| matches!(content, ir::Content::Text(_))) {
        return if contents().all(|content| matches!(content, ir::Content::Text(_))) {
            Reply::Text
        } else {
            Reply::Bytes
        };
    }
    let mut kinds = kinds(models, operation);
    if operation.paging.is_some() && resources::answers_list(models.api, operation) {
        let page = kinds.iter().find_map(|kind| match &kind.ty {
            Some(Type::Vec(item)) => Some((**item).clone()),
            _ => None,
        });
        if let Some(item) = page {
            return Reply::Page(item);
        }
    }
    match kinds.as_mut_slice() {
        [] | [Kind { ty: None, .. }] => Reply::Empty,
        [Kind { ty: Some(ty), .. }] => Reply::Json(ty.clone()),
        [Kind { ty: Some(ty), .. }, Kind { ty: None, .. }] | [Kind { ty: None, .. }, Kind { ty: Some(ty), .. }] => {
            Reply::Optional(ty.clone())
        }
        _ => Reply::ByStatus(by_status(models, kinds, request)),
    }
}

/// The kinds of content, those for any status first.
fn kinds(models: &Models<'_>, operation: &ir::Operation) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = Vec::new();
    let mut replies: Vec<&ir::Reply> = operation.replies.iter().collect();
    replies.sort_by_key(|reply| (reply.status != ir::Status::AnySuccess, reply.status));
    for reply in replies {
        let ty = match &reply.content {
            Some(ir::Content::Json(schema)) => Some(models.ty(*schema, Role::Reply)),
            Some(ir::Content::Form(_) | ir::Content::Multipart(_)) => Some(Type::Json),
            Some(ir::Content::Bytes(_) | ir::Content::Text(_)) | None => None,
        };
        let index = kinds.iter().position(|kind| kind.ty == ty).unwrap_or_else(|| {
            kinds.push(Kind { ty, statuses: Vec::new() });
            kinds.len() - 1
        });
        if let ir::Status::Code(code) = reply.status {
            kinds[index].statuses.push(code);
        }
    }
    kinds
}

fn by_status(models: &Models<'_>, kinds: Vec<Kind>, request: &Ident) -> Replies {
    let wishes: Vec<Wish> = kinds
        .iter()
        .enumerate()
        .map(|(number, kind)| {
            let status = kind.statuses.first().map_or("other".to_owned(), |status| format!("status {status}"));
            Wish::new(
                number.to_string(),
                vec![Ident::camel(&kind_words(kind.ty.as_ref())), Ident::camel(&Words::of(&status))],
            )
        })
        .collect();
    let names = resolve(&wishes, &|_| false);
    let kinds = kinds.into_iter().enumerate().filter_map(|(number, kind)| {
        let ty = kind.ty.map(|ty| models.boxed(ty));
        Some(ReplyKind { name: names.get(&number.to_string())?.clone(), ty, statuses: kind.statuses })
    });
    Replies { name: request.with_suffix("Reply"), kinds: kinds.collect() }
}

fn kind_words(ty: Option<&Type>) -> Words {
    match ty {
        None => Words::of("no content"),
        Some(Type::Model(name)) => Words::of(name.as_str()),
        Some(Type::Vec(item)) => kind_words(Some(item)).then(&Words::of("list")),
        Some(Type::Option(inner) | Type::Box(inner) | Type::Update(inner)) => kind_words(Some(inner)),
        Some(Type::String | Type::Base64 | Type::Part | Type::Attributes | Type::Sort(_) | Type::OData(..)) => {
            Words::of("text")
        }
        Some(Type::Integer(_) | Type::Float | Type::Decimal) => Words::of("number"),
        Some(Type::Bool) => Words::of("boolean"),
        Some(Type::Date | Type::DateTime | Type::When) => Words::of("date"),
        Some(Type::Map(_)) => Words::of("map"),
        Some(Type::Json) => Words::of("other"),
    }
}

/// The media type to ask for, where it is not JSON.
pub(super) fn accept(operation: &ir::Operation, reply: &Reply) -> Option<String> {
    let media = operation.replies.iter().find_map(|reply| match &reply.content {
        Some(ir::Content::Bytes(media) | ir::Content::Text(media)) => Some(media.clone()),
        _ => None,
    });
    match reply {
        Reply::Bytes | Reply::Text => media,
        Reply::Empty | Reply::Json(_) | Reply::Optional(_) | Reply::Page(_) | Reply::ByStatus(_) => None,
    }
}
