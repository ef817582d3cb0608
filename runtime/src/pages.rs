//! Lists, page by page and item by item.
//!
//! A page is asked for when the one before it has been used up, never earlier. After an error the same
//! page is asked for again; dropping the stream ends it.

use std::collections::HashSet;
use std::future::{Future as _, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::{fmt, mem};

use crate::api::Paging;
use crate::call::{Draft, Sending};
use crate::error::{Error, Result};
use crate::page::Page;
use crate::reply;
use crate::value::Value;

/// The pages of a list.
pub struct Pages<T> {
    draft: Draft,
    next: Next,
    /// The page that is on its way; kept here, so that dropping the future of `next` loses nothing.
    asked: Option<Sending<Page<T>>>,
    /// Links that have been followed.
    seen: HashSet<String>,
}

/// Which page comes next.
#[derive(Debug, Clone)]
enum Next {
    First,
    /// The one behind this link, as the service gave it.
    Link(String),
    /// The one after so many items.
    Skip(u64),
    Done,
}

impl<T: Value> Pages<T> {
    pub(crate) fn new(draft: Draft) -> Self {
        Pages { draft, next: Next::First, asked: None, seen: HashSet::new() }
    }

    /// The next page; `None` after the last.
    ///
    /// After an error it can be called again: the same page is then asked for once more.
    pub async fn next(&mut self) -> Option<Result<Page<T>>> {
        poll_fn(|context| self.poll_page(context)).await
    }

    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Page<T>>>> {
        let asked = match &mut self.asked {
            Some(asked) => asked,
            None => match self.ask() {
                Ok(Some(asked)) => self.asked.insert(asked),
                Ok(None) => return Poll::Ready(None),
                Err(error) => return Poll::Ready(Some(Err(error.in_operation(self.draft.operation)))),
            },
        };
        let page = ready!(Pin::new(asked).poll(context));
        self.asked = None;
        Poll::Ready(Some(page.inspect(|page| self.advance(page))))
    }

    /// The request for the next page, if there is one.
    fn ask(&mut self) -> Result<Option<Sending<Page<T>>>> {
        let url = match &self.next {
            Next::Done => return Ok(None),
            Next::First => return self.first().map(Some),
            Next::Link(link) => {
                if self.seen.contains(link) {
                    return Err(Error::paging("the list leads back to a page that has been read already"));
                }
                let current = self.draft.local_path()?;
                self.draft.client.0.base.follow(link, &current).map_err(Error::paging)?
            }
            Next::Skip(count) => {
                let count = *count;
                if let Paging::Offset { skip, .. } = self.draft.operation.paging {
                    self.draft.set_query(skip.to_owned(), &count.to_string());
                }
                self.draft.url()?
            }
        };
        Ok(Some(Sending::of(self.draft.execute_at(url), reply::json)))
    }

    fn first(&mut self) -> Result<Sending<Page<T>>> {
        if let Some(problem) = self.draft.take_problem() {
            self.next = Next::Done;
            return Err(problem);
        }
        // An offset means something only in an order that stays, from the first page on.
        if let Paging::Offset { order: Some((name, value)), .. } = self.draft.operation.paging
            && !self.draft.has_query(name)
        {
            self.draft.set_query(name.to_owned(), value);
        }
        let url = self.draft.url()?;
        Ok(Sending::of(self.draft.execute_at(url), reply::json))
    }

    fn advance(&mut self, page: &Page<T>) {
        let before = mem::replace(&mut self.next, Next::Done);
        if let Next::Link(link) = &before {
            self.seen.insert(link.clone());
        }
        self.next = match (page.next(), self.draft.operation.paging) {
            (Some(link), _) => Next::Link(link),
            (None, Paging::Offset { skip, top, default, .. }) => {
                let so_far = match before {
                    Next::Skip(count) => count,
                    _ => self.draft.query_number(skip).unwrap_or(0),
                };
                // The service may cap what was asked for at what it gives unasked, so only a page shorter than both is the last.
                let full = self.draft.query_number(top).unwrap_or(u64::from(default)).min(u64::from(default));
                let count = page.items.len() as u64;
                if count == 0 || count < full { Next::Done } else { Next::Skip(so_far + count) }
            }
            (None, _) => Next::Done,
        };
    }
}

/// The items of a list.
pub struct Items<T> {
    pages: Pages<T>,
    page: std::vec::IntoIter<T>,
}

impl<T: Value> Items<T> {
    pub(crate) fn new(pages: Pages<T>) -> Self {
        Items { pages, page: Vec::new().into_iter() }
    }

    /// The next item; `None` after the last.
    ///
    /// After an error it can be called again: the same page is then asked for once more.
    pub async fn next(&mut self) -> Option<Result<T>> {
        poll_fn(|context| self.poll_item(context)).await
    }

    /// All items that are left.
    ///
    /// # Errors
    /// The first error that occurs; the items before it are lost.
    pub async fn collect(mut self) -> Result<Vec<T>> {
        let mut all = Vec::new();
        while let Some(item) = self.next().await {
            all.push(item?);
        }
        Ok(all)
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            if let Some(item) = self.page.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            // An empty page is not the end: that is where no page is left.
            match ready!(self.pages.poll_page(context)) {
                Some(Ok(page)) => self.page = page.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

#[cfg(feature = "blocking")]
impl<T: Value> Pages<T> {
    /// The same as an iterator that waits for each page on its thread, which needs no runtime.
    pub fn blocking(self) -> BlockingPages<T> {
        BlockingPages(self)
    }
}

#[cfg(feature = "blocking")]
impl<T: Value> Items<T> {
    /// The same as an iterator that waits for each page on its thread, which needs no runtime.
    pub fn blocking(self) -> BlockingItems<T> {
        BlockingItems(self)
    }
}

/// The pages of a list, for blocking callers.
///
/// After an error it goes on with the same page; who takes errors for the end stops at the first.
#[cfg(feature = "blocking")]
#[derive(Debug)]
pub struct BlockingPages<T>(Pages<T>);

#[cfg(feature = "blocking")]
impl<T: Value> Iterator for BlockingPages<T> {
    type Item = Result<Page<T>>;

    fn next(&mut self) -> Option<Self::Item> {
        crate::block::on(self.0.next())
    }
}

/// The items of a list, for blocking callers.
///
/// After an error it goes on with the same page; who takes errors for the end stops at the first.
#[cfg(feature = "blocking")]
#[derive(Debug)]
pub struct BlockingItems<T>(Items<T>);

#[cfg(feature = "blocking")]
impl<T: Value> Iterator for BlockingItems<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        crate::block::on(self.0.next())
    }
}

#[cfg(feature = "stream")]
impl<T: Value> futures_core::Stream for Pages<T> {
    type Item = Result<Page<T>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_page(context)
    }
}

#[cfg(feature = "stream")]
impl<T: Value + Unpin> futures_core::Stream for Items<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_item(context)
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("operation", &self.draft.operation.id).finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("operation", &self.pages.draft.operation.id)
            .field("at_hand", &self.page.len())
            .finish_non_exhaustive()
    }
}
