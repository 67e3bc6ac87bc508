//! What `#[infrahub(…)]` says.

use proc_macro2::TokenStream;
use quote::quote;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Attribute, DeriveInput, Error, Expr, LitStr, Path, Token, Type};

/// What it says of the type.
pub(crate) struct Container {
    /// The kind that is read.
    pub(crate) kind: Type,
    /// The path of the runtime.
    pub(crate) runtime: TokenStream,
}

impl Container {
    pub(crate) fn new(input: &DeriveInput) -> Result<Self, Error> {
        let (mut kind, mut runtime) = (None, None);
        each(&input.attrs, |meta| {
            if meta.path.is_ident("kind") {
                let value = meta.value()?;
                if value.peek(LitStr) {
                    return Err(value.error("a kind is a type, without quotes: `kind = InfraDevice`"));
                }
                once(&meta, &mut kind, value.parse()?)
            } else if meta.path.is_ident("crate") {
                once(&meta, &mut runtime, meta.value()?.parse::<Path>()?)
            } else {
                Err(meta.error("unknown; a type takes `kind = …` and `crate = …`"))
            }
        })?;
        let kind = kind.ok_or_else(|| {
            Error::new(
                input.ident.span(),
                "say which kind it is read from: `#[infrahub(kind = InfraDevice)]`",
            )
        })?;
        let runtime = runtime.map_or_else(|| quote!(::infrahub_client), |path| quote!(#path));
        Ok(Self { kind, runtime })
    }
}

/// What it says of a field.
#[derive(Default)]
pub(crate) struct FieldOptions {
    /// The attribute or relationship that is read, where it has another name than the field.
    pub(crate) rename: Option<LitStr>,
    /// Conditions on the peers.
    pub(crate) filters: Vec<Expr>,
    /// The order of the peers.
    pub(crate) orders: Vec<Expr>,
    /// How many peers at most.
    pub(crate) limit: Option<Expr>,
}

impl FieldOptions {
    pub(crate) fn new(attributes: &[Attribute]) -> Result<Self, Error> {
        let mut options = Self::default();
        each(attributes, |meta| {
            if meta.path.is_ident("rename") {
                once(&meta, &mut options.rename, meta.value()?.parse()?)
            } else if meta.path.is_ident("filter") {
                options.filters.push(meta.value()?.parse()?);
                Ok(())
            } else if meta.path.is_ident("order_by") {
                options.orders.push(meta.value()?.parse()?);
                Ok(())
            } else if meta.path.is_ident("limit") {
                once(&meta, &mut options.limit, meta.value()?.parse()?)
            } else {
                Err(meta.error(
                    "unknown; a field takes `rename = \"…\"`, and one of a relationship to many also `filter = …`, `order_by = …` and `limit = …`",
                ))
            }
        })?;
        Ok(options)
    }

    /// Whether it says anything about which peers are read.
    pub(crate) fn chooses(&self) -> bool {
        !self.filters.is_empty() || !self.orders.is_empty() || self.limit.is_some()
    }
}

/// Whether a variant is for all kinds that have none of their own.
pub(crate) fn is_other(attributes: &[Attribute]) -> Result<bool, Error> {
    let mut other = None;
    each(attributes, |meta| {
        if meta.path.is_ident("other") {
            once(&meta, &mut other, ())
        } else {
            Err(meta.error("unknown; a variant takes `other`"))
        }
    })?;
    Ok(other.is_some())
}

fn each(
    attributes: &[Attribute],
    mut read: impl FnMut(ParseNestedMeta<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("infrahub")) {
        attribute.parse_nested_meta(|meta| {
            let rest = meta.input;
            read(meta)?;
            if rest.is_empty() || rest.peek(Token![,]) { Ok(()) } else { Err(rest.error("expected `,`")) }
        })?;
    }
    Ok(())
}

fn once<T>(meta: &ParseNestedMeta<'_>, place: &mut Option<T>, value: T) -> Result<(), Error> {
    if place.replace(value).is_some() {
        return Err(Error::new(meta.path.span(), "given twice"));
    }
    Ok(())
}
