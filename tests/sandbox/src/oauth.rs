//! The OAuth servers of the three APIs.
