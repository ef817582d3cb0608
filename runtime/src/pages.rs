//! Lists, page by page and item by item.
//!
//! A page is asked for when the one before it has been used up, never earlier. After an error the same
//! page is asked for again; dropping the stream ends it.

use std::collections::HashSet;
use std::future::{Future as _, poll_fn};
use std::hash::{DefaultHasher, Hasher as _};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::{fmt, mem};

use serde::{Deserialize, Serialize};

use crate::api::Paging;
use crate::call::{Draft, Sending};
use crate::error::{Error, Result};
use crate::json::Writer;
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
    /// Hashes of the pages that have been read, where nothing else tells whether the service goes on.
    read: HashSet<u64>,
}

/// Which page comes next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Next {
    First,
    /// The one behind this link, as the service gave it.
    Link(String),
    /// The one after so many items.
    Skip(u64),
    Done,
}

/// Where a list was left, to go on from there later, perhaps in another process: save it by `serde`.
///
/// It holds no secret, and nothing that leads elsewhere: what it says is checked like a link of the service. What it leads
/// to is the list as it is then.
///
/// ```no_run
/// # async fn example<T: sage_runtime::Value>(mut contacts: sage_runtime::Items<T>, again: sage_runtime::Items<T>) {
/// let first = contacts.next().await;
/// let saved = contacts.cursor();
/// // Later:
/// let second = again.resume(saved).next().await;
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageCursor {
    page: Next,
    /// Items of that page that have been taken.
    #[serde(default, skip_serializing_if = "is_zero")]
    taken: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl<T: Value> Pages<T> {
    pub(crate) fn new(draft: Draft) -> Self {
        Pages { draft, next: Next::First, asked: None, seen: HashSet::new(), read: HashSet::new() }
    }

    /// The next page; `None` after the last.
    ///
    /// After an error it can be called again: the same page is then asked for once more.
    pub async fn next(&mut self) -> Option<Result<Page<T>>> {
        poll_fn(|context| self.poll_page(context)).await
    }

    /// Where the list is: before the page that comes next.
    pub fn cursor(&self) -> PageCursor {
        PageCursor { page: self.draft.local_link(&self.next), taken: 0 }
    }

    /// The same list from there on.
    #[must_use]
    pub fn resume(mut self, cursor: PageCursor) -> Self {
        self.next = cursor.page;
        self.asked = None;
        self.read.clear();
        self
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
        let page = page.and_then(|page| match self.advance(&page) {
            Ok(()) => Ok(page),
            Err(error) => Err(error.in_operation(self.draft.operation)),
        });
        Poll::Ready(Some(page))
    }

    /// The request for the next page, if there is one.
    fn ask(&mut self) -> Result<Option<Sending<Page<T>>>> {
        if let Some(problem) = self.draft.take_problem() {
            self.next = Next::Done;
            return Err(problem);
        }
        let url = match &self.next {
            Next::Done => return Ok(None),
            Next::First => return self.first().map(Some),
            Next::Link(link) => {
                if self.seen.contains(link) {
                    return Err(Error::paging("the list leads back to a page that has been read already"));
                }
                let current = self.draft.local_path()?;
                self.draft.base().follow(link, &current).map_err(Error::paging)?
            }
            Next::Skip(count) => {
                let count = *count;
                self.draft.settle_order();
                if let Paging::Offset { skip, .. } = self.draft.operation.paging {
                    self.draft.set_query(skip.to_owned(), &count.to_string());
                }
                self.draft.url()?
            }
        };
        Ok(Some(Sending::of(self.draft.execute_at(url), reply::json)))
    }

    fn first(&mut self) -> Result<Sending<Page<T>>> {
        self.draft.settle_order();
        let url = self.draft.url()?;
        Ok(Sending::of(self.draft.execute_at(url), reply::json))
    }

    fn advance(&mut self, page: &Page<T>) -> Result<()> {
        // A service that does not know where to go on begins again, for ever.
        if page.next().is_none()
            && matches!(self.draft.operation.paging, Paging::Offset { .. })
            && self.draft.tells_items_apart()
            && !page.items.is_empty()
            && !self.read.insert(hash(&page.items))
        {
            return Err(Error::same_page());
        }
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
        Ok(())
    }
}

/// Tells pages apart by what is in them.
fn hash<T: Value>(items: &Vec<T>) -> u64 {
    let mut writer = Writer::new();
    Value::write(items, &mut writer);
    let mut hasher = DefaultHasher::new();
    hasher.write(writer.finish().as_bytes());
    hasher.finish()
}

/// The items of a list.
pub struct Items<T> {
    pages: Pages<T>,
    page: std::vec::IntoIter<T>,
    /// Where the page at hand came from, and how many of its items have been taken.
    here: PageCursor,
    /// Items to leave out, as they had been taken before.
    skip: usize,
}

impl<T: Value> Items<T> {
    pub(crate) fn new(pages: Pages<T>) -> Self {
        let here = PageCursor { page: Next::First, taken: 0 };
        Items { pages, page: Vec::new().into_iter(), here, skip: 0 }
    }

    /// Where the list is: before the item that comes next.
    pub fn cursor(&self) -> PageCursor {
        match self.page.len() {
            0 => PageCursor { taken: self.skip, ..self.pages.cursor() },
            _ => self.here.clone(),
        }
    }

    /// The same list from there on. Items that had been taken of a page are left out, though it is asked for again.
    #[must_use]
    pub fn resume(self, cursor: PageCursor) -> Self {
        let skip = cursor.taken;
        Items { skip, ..Items::new(self.pages.resume(cursor)) }
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
                self.here.taken += 1;
                return Poll::Ready(Some(Ok(item)));
            }
            let here = self.pages.cursor();
            // An empty page is not the end: that is where no page is left.
            match ready!(self.pages.poll_page(context)) {
                Some(Ok(page)) => {
                    self.page = page.into_iter();
                    self.here = here;
                    self.here.taken = std::mem::take(&mut self.skip).min(self.page.len());
                    self.page.by_ref().take(self.here.taken).for_each(drop);
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl Draft {
    /// The same, with a link that is relative to the base, if it leads below it.
    fn local_link(&self, next: &Next) -> Next {
        let Next::Link(link) = next else { return next.clone() };
        let local = || {
            let base = self.base();
            let url = base.follow(link, &self.local_path().ok()?).ok()?;
            url.strip_prefix(&base.join("")).map(str::to_owned)
        };
        Next::Link(local().unwrap_or_else(|| link.clone()))
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
