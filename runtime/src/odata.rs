//! OData, as Sage 200 takes it: conditions, orders and choices of properties, built from the properties of a model.
//!
//! Generated code has a module of properties for each model that is listed: constants for [`Select`], [`OrderBy`] and
//! [`Expand`], and functions for [`Filter`]. A condition on customers cannot be given to a list of suppliers, and text
//! cannot be compared with a number: both are errors of the compiler. Whatever takes one of them takes text, too, which
//! is sent as it is.
//!
//! ```
//! # mod customer {
//! #     #[derive(Debug)] pub enum Customer {}
//! #     sage_runtime::codegen::properties!(Customer, {
//! #         ID id: Number = "id",
//! #         NAME name: Text = "name",
//! #         BALANCE balance: Number = "balance",
//! #         ON_HOLD on_hold: Flag = "on_hold",
//! #         OPENED opened: Moment = "account_opened",
//! #     }, relations { CURRENCY = "currency", }, parts {});
//! # }
//! # use sage_runtime::codegen::NaiveDate;
//! use sage_runtime::odata::{Expand, Filter, OrderBy, Select};
//!
//! let filter = customer::name().starts_with("O'").and(customer::balance().gt(100).or(customer::on_hold().eq(true)));
//! assert_eq!(filter.as_str(), "startswith(name,'O''') and (balance gt 100 or on_hold eq true)");
//!
//! let day = NaiveDate::from_ymd_opt(2024, 4, 6).unwrap();
//! let filter = !customer::opened().lt(day).and("credit_limit ne null");
//! assert_eq!(filter.as_str(), "not (account_opened lt 2024-04-06 and (credit_limit ne null))");
//!
//! assert_eq!(Select::from([customer::ID, customer::NAME]).as_str(), "id,name");
//! assert_eq!(OrderBy::from([customer::NAME.asc(), customer::ID.desc()]).as_str(), "name asc,id desc");
//! assert_eq!(Expand::from(customer::CURRENCY).as_str(), "currency");
//! # let _: Filter<_> = filter;
//! ```
//!
//! Text is not compared with a number:
//!
//! ```compile_fail,E0277
//! # mod customer {
//! #     #[derive(Debug)] pub enum Customer {}
//! #     sage_runtime::codegen::properties!(Customer, { BALANCE balance: Number = "balance", }, relations {}, parts {});
//! # }
//! let filter = customer::balance().gt("100");
//! ```
//!
//! Nor are a customer's properties asked of a supplier:
//!
//! ```compile_fail,E0277
//! # mod customer {
//! #     #[derive(Debug)] pub enum Customer {}
//! #     sage_runtime::codegen::properties!(Customer, { NAME name: Text = "name", }, relations {}, parts {});
//! # }
//! # mod supplier {
//! #     #[derive(Debug)] pub enum Supplier {}
//! #     sage_runtime::codegen::properties!(Supplier, { NAME name: Text = "name", }, relations {}, parts {});
//! # }
//! let filter = customer::name().eq("Ann").and(supplier::name().eq("Ann"));
//! ```

mod filter;
mod literal;
mod options;
mod property;
mod request;

pub use filter::Filter;
pub use literal::Literal;
pub use options::{Expand, Order, OrderBy, Select};
pub use property::{Date, Flag, Moment, Name, Number, Ordered, Property, Relation, Text};
pub use request::{List, Single};

/// The derives of a type with a model for a mark: they ask nothing of the model, which is never there.
macro_rules! marked {
    (copy $name:ident<$($mark:ident),*>, $($field:ident),*) => {
        impl<$($mark),*> Copy for $name<$($mark),*> {}

        impl<$($mark),*> Clone for $name<$($mark),*> {
            fn clone(&self) -> Self {
                *self
            }
        }

        marked!(@ $name<$($mark),*>, $($field),*);
    };
    ($name:ident<$($mark:ident),*>, $($field:ident),*) => {
        impl<$($mark),*> Clone for $name<$($mark),*> {
            fn clone(&self) -> Self {
                Self { $($field: self.$field.clone(),)* of: std::marker::PhantomData }
            }
        }

        marked!(@ $name<$($mark),*>, $($field),*);
    };
    (@ $name:ident<$($mark:ident),*>, $($field:ident),*) => {
        impl<$($mark),*> PartialEq for $name<$($mark),*> {
            fn eq(&self, other: &Self) -> bool {
                $(self.$field == other.$field)&&*
            }
        }

        impl<$($mark),*> Eq for $name<$($mark),*> {}

        impl<$($mark),*> std::fmt::Debug for $name<$($mark),*> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name))$(.field(stringify!($field), &self.$field))*.finish()
            }
        }
    };
}
use marked;
