//! Enums: each variant is a projection of one kind of a generic.

use crate::attributes::{Container, is_other};
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DataEnum, DeriveInput, Error, Fields, Type, Variant};

/// What the names of the fields for all other kinds begin with in the answer.
const OTHER: &str = "other__";

pub(crate) fn derive(
    input: &DeriveInput,
    container: &Container,
    data: &DataEnum,
) -> Result<TokenStream, Error> {
    let mut kinds = Vec::new();
    let mut other = None;
    for variant in &data.variants {
        let held = held(variant)?;
        match (is_other(&variant.attrs)?, held) {
            (true, held) if other.is_none() => other = Some((&variant.ident, held)),
            (true, _) => return Err(Error::new_spanned(variant, "only one variant is for all other kinds")),
            (false, Some(held)) => kinds.push((&variant.ident, held)),
            (false, None) => {
                return Err(Error::new_spanned(
                    variant,
                    "a variant holds the projection of a kind; only the one marked `#[infrahub(other)]` may be empty",
                ));
            }
        }
    }
    let other = other.ok_or_else(|| {
        Error::new_spanned(
            &input.ident,
            "the server may learn kinds that this enum does not know: add a variant `#[infrahub(other)] Other`, or one that holds a projection of the generic",
        )
    })?;
    Ok(implementation(input, container, &kinds, other))
}

/// The projection that a variant holds.
fn held(variant: &Variant) -> Result<Option<&Type>, Error> {
    match &variant.fields {
        Fields::Unit => Ok(None),
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            Ok(fields.unnamed.first().map(|field| &field.ty))
        }
        _ => Err(Error::new_spanned(variant, "a variant holds one projection: `InfraInterfaceL2(PortRow)`")),
    }
}

fn implementation(
    input: &DeriveInput,
    container: &Container,
    kinds: &[(&Ident, &Type)],
    (other, other_held): (&Ident, Option<&Type>),
) -> TokenStream {
    let name = &input.ident;
    let (kind, runtime) = (&container.kind, &container.runtime);
    let select_other = other_held.map(|held| {
        let same_kind = same_kind(runtime, held, kind);
        quote!(#same_kind __selection.push_variant::<#held>(#OTHER);)
    });
    let select_kinds = kinds.iter().map(|(_, held)| {
        let inherits = inherits(runtime, held, kind);
        quote! {
            #inherits
            __selection.push_variant::<#held>(&#runtime::projection::Selection::prefix_of::<#held>());
        }
    });
    let apart = kinds.iter().enumerate().map(|(index, (_, held))| {
        let of_generic = apart(
            runtime,
            held,
            &quote!(#kind),
            "this is the generic itself, which no object is: mark the variant `#[infrahub(other)]`",
        );
        let twice = kinds[..index].iter().map(|(_, earlier)| {
            let kind = quote!(<#earlier as #runtime::projection::Projection>::Kind);
            apart(runtime, held, &kind, "an earlier variant holds this kind")
        });
        let of_kinds = quote_spanned! {held.span()=>
            const _: () = ::core::assert!(
                !<#held as #runtime::projection::Projection>::HAS_FRAGMENTS,
                "a variant holds the projection of one kind, not an enum over kinds"
            );
        };
        quote!(#of_generic #of_kinds #(#twice)*)
    });
    let reads = kinds.iter().map(|(variant, held)| {
        quote! {
            if __typename == <<#held as #runtime::projection::Projection>::Kind as #runtime::kind::Kind>::KIND {
                return #runtime::decode::Fields::read(__object.own()).map(Self::#variant);
            }
        }
    });
    let read_other = match other_held {
        Some(_) => quote!(#runtime::decode::Fields::read(__object.only(#OTHER)).map(Self::#other)),
        None => quote! {
            {
                let mut __object = __object.only(#OTHER);
                __object.skip_all()?;
                ::core::result::Result::Ok(Self::#other)
            }
        },
    };
    quote! {
        #(#apart)*

        #[automatically_derived]
        impl #runtime::projection::Projection for #name {
            type Kind = #kind;

            const HAS_FRAGMENTS: bool = true;

            fn select(__selection: &mut #runtime::projection::Selection) {
                __selection.push("__typename");
                #select_other
                #(#select_kinds)*
            }
        }

        #[automatically_derived]
        impl #runtime::decode::Variants for #name {
            fn variant(
                __typename: &str,
                __object: #runtime::decode::Reader<'_, '_>,
            ) -> ::core::result::Result<Self, #runtime::decode::Failed> {
                #(#reads)*
                #read_other
            }
        }

        #runtime::__any!(#name);
    }
}

/// Checks that what the variant for other kinds holds is read from the generic itself.
fn same_kind(runtime: &TokenStream, held: &Type, kind: &Type) -> TokenStream {
    quote_spanned! {held.span()=>
        const _: fn() = || {
            fn is_projection_of<P: #runtime::projection::Projection<Kind = K>, K: #runtime::kind::Kind>() {}
            is_projection_of::<#held, #kind>();
        };
    }
}

/// Checks that what a variant holds is read from a kind of the generic.
fn inherits(runtime: &TokenStream, held: &Type, kind: &Type) -> TokenStream {
    quote_spanned! {held.span()=>
        const _: fn() = || {
            fn is_one_of<P: #runtime::projection::Projection<Kind: #runtime::kind::Is<G>>, G: #runtime::kind::Kind>() {}
            is_one_of::<#held, #kind>();
        };
    }
}

/// Checks that what a variant holds is read from another kind than this: an object of it would never come here.
fn apart(runtime: &TokenStream, held: &Type, kind: &TokenStream, why: &str) -> TokenStream {
    quote_spanned! {held.span()=>
        const _: () = ::core::assert!(
            !#runtime::kind::is_same(
                <<#held as #runtime::projection::Projection>::Kind as #runtime::kind::Kind>::KIND,
                <#kind as #runtime::kind::Kind>::KIND,
            ),
            #why
        );
    }
}
