//! Where an operation is to be had: in which countries, with which tier of the product.

use crate::api::Operation;

/// A country in which an API may be used: the `Country` of its module.
pub trait Country {
    /// Its place among the countries of a tier; none for one that the documents do not name.
    #[doc(hidden)]
    fn place(&self) -> Option<u32>;
}

/// A tier of the product that an API belongs to: the `Tier` of its module.
pub trait Tier {
    /// Where its countries begin; none for one that the documents do not name.
    #[doc(hidden)]
    fn begin(&self) -> Option<u32>;
}

impl Operation {
    /// Is it to be had in this country, with this tier?
    ///
    /// What the documents say of the operation decides; where they say nothing it is true, as nothing speaks against it
    /// ([`is_limited`](Operation::is_limited) tells the two apart). The service has the last word: it answers what is not to
    /// be had with an error.
    pub fn available_in(&self, country: impl Country, tier: impl Tier) -> bool {
        match (country.place(), tier.begin()) {
            _ if !self.is_limited() => true,
            (Some(country), Some(tier)) => self.availability & (1 << (tier + country)) != 0,
            _ => false,
        }
    }

    /// Do the documents say where it is to be had?
    pub fn is_limited(&self) -> bool {
        self.availability & (1 << 63) != 0
    }
}

/// Numbers the countries and the tiers of an API as its operations do:
/// `rt::availability! { Country: GB = 0, IE = 1; Tier: Plus = 0, Start = 2; }`.
#[doc(hidden)]
#[macro_export]
macro_rules! availability {
    ($country:ident: $($code:ident = $place:literal),*; $tier:ident: $($name:ident = $begin:literal),*;) => {
        impl $crate::codegen::Country for $country {
            fn place(&self) -> ::core::option::Option<u32> {
                match self {
                    $(Self::$code => ::core::option::Option::Some($place),)*
                    _ => ::core::option::Option::None,
                }
            }
        }

        impl $crate::codegen::Tier for $tier {
            fn begin(&self) -> ::core::option::Option<u32> {
                match self {
                    $(Self::$name => ::core::option::Option::Some($begin),)*
                    _ => ::core::option::Option::None,
                }
            }
        }
    };
}

/// All operations of an API: `rt::operations! { contacts: LIST GET; }`.
#[doc(hidden)]
#[macro_export]
macro_rules! operations {
    ($($module:ident: $($constant:ident)*;)*) => {
        static OPERATIONS: &[&$crate::codegen::Operation] = &[$($(&$module::$constant,)*)*];

        /// Every operation of this API, resource by resource.
        pub fn operations() -> impl ::core::iter::Iterator<Item = &'static $crate::codegen::Operation> {
            OPERATIONS.iter().copied()
        }
    };
}

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macros are written for public types")]
mod tests {
    use crate::codegen as rt;

    #[derive(Clone, PartialEq, Eq, Hash)]
    enum Country {
        GB,
        IE,
        Unknown(rt::Unlisted),
    }
    rt::string_enum!(Country, Unknown, { GB = "GB", IE = "IE" });

    #[derive(Clone, PartialEq, Eq, Hash)]
    enum Tier {
        Plus,
        Start,
        Unknown(rt::Unlisted),
    }
    rt::string_enum!(Tier, Unknown, { Plus = "plus", Start = "start" });
    rt::availability! {
        Country: GB = 0, IE = 1;
        Tier: Plus = 0, Start = 2;
    }

    #[test]
    fn a_pair_decides() {
        let found = |availability| {
            let operation = rt::Operation { availability, ..rt::Operation::DEFAULT };
            let tiers = [Tier::Plus, Tier::Start].map(|tier| [(Country::GB, tier.clone()), (Country::IE, tier)]);
            tiers.map(|pairs| pairs.map(|(country, tier)| operation.available_in(country, tier)))
        };
        assert_eq!(found(1 << 63 | 0b1011), [[true, true], [false, true]]);
        assert_eq!(found(1 << 63), [[false; 2]; 2]);
        assert_eq!(found(0), [[true; 2]; 2]);
    }

    #[test]
    fn what_the_documents_do_not_name_is_not_there() {
        let all = rt::Operation { availability: u64::MAX, ..rt::Operation::DEFAULT };
        assert!(
            !all.available_in(Country::from("XX"), Tier::Plus) && !all.available_in(Country::GB, Tier::from("pro"))
        );
        let silent = &rt::Operation::READ;
        assert!(silent.available_in(Country::from("XX"), Tier::Start) && !silent.is_limited() && all.is_limited());
    }
}
