//! The derive macro of `infrahub-client`; use it as `infrahub_client::Projection`.
#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod any;
mod attributes;
mod fields;

use proc_macro::TokenStream;
use syn::{Data, DeriveInput, Error, parse_macro_input};

/// Makes a struct a projection of a kind: each field is an attribute or a relationship of the kind, by its name.
/// Makes an enum a projection of a generic: each variant holds a projection of one kind.
///
/// # The type
/// `#[infrahub(kind = InfraDevice)]` names the kind; `#[infrahub(crate = path)]` the runtime, where it is not
/// `infrahub_client`.
///
/// # Fields of a struct
/// - An attribute is its value: `T`, or `Option<T>` where the schema allows null; `Attr<T>` and `Attr<Option<T>>`
///   with metadata.
/// - A relationship to one is what the peer is read as (`Id`, `Related`, a node, a projection), in an `Option` where
///   there may be no peer.
/// - A relationship to many is a `Vec` of that, a `Count`, or with a limit `FirstPeers`.
/// - `id`, `hfid`, `display_label` and `typename` are what every object has: `Id<K>`, `Option<Vec<String>>`,
///   `Option<String>` and `String`.
///
/// `#[infrahub(rename = "name")]` reads the attribute or relationship of another name. On relationships to many
/// `#[infrahub(filter = …, order_by = …, limit = …)]` choose and order the peers; `filter` and `order_by` may be
/// given several times, and each is an expression that is evaluated when the request is made.
///
/// # Variants of an enum
/// Each holds one projection of a kind that inherits from the generic. One more variant is marked
/// `#[infrahub(other)]` for all other kinds, which a server may learn at any time; it is empty or holds a projection of
/// the generic.
#[proc_macro_derive(Projection, attributes(infrahub))]
pub fn projection(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derive(&input).unwrap_or_else(|error| error.into_compile_error()).into()
}

fn derive(input: &DeriveInput) -> Result<proc_macro2::TokenStream, Error> {
    if let Some(parameter) = input.generics.params.first() {
        return Err(Error::new_spanned(parameter, "a projection has no type parameters and no lifetimes"));
    }
    let container = attributes::Container::new(input)?;
    match &input.data {
        Data::Struct(data) => fields::derive(input, &container, &data.fields),
        Data::Enum(data) => any::derive(input, &container, data),
        Data::Union(_) => Err(Error::new_spanned(&input.ident, "a union cannot be a projection")),
    }
}
