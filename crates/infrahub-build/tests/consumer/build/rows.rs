//! Projections that ask for everything that a kind has, in every way, written from the generated code itself.

use crate::calls::{Kind, column_arguments, is_primitive, kinds, last};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeMap;
use std::path::PathBuf;
use syn::Type;

/// A struct per kind, an enum per generic, and a function that reads them all.
pub(crate) fn of_everything(module: &str, files: &BTreeMap<PathBuf, String>) -> syn::Result<String> {
    let kinds = kinds(files)?;
    let module = format_ident!("{module}");
    let structs = kinds.values().map(|kind| row(&module, kind));
    let generics = || kinds.values().filter(|kind| kind.is_generic);
    let enums = generics().map(|generic| any(&module, &kinds, generic));
    let rows = kinds.keys().map(|name| format_ident!("RowOf{name}"));
    let anys = generics().map(|generic| format_ident!("AnyOf{}", generic.name));
    let code = quote! {
        #(#structs)*
        #(#enums)*
        pub(crate) fn all(check: &Check) {
            #(check.row::<#rows>();)*
            #(check.row::<#anys>();)*
        }
    };
    Ok(code.to_string())
}

fn row(module: &Ident, kind: &Kind) -> TokenStream {
    let name = format_ident!("RowOf{}", kind.name);
    let node = format_ident!("{}", kind.name);
    let fields = kind.columns.iter().enumerate().map(|(index, (column, column_type))| {
        let field = |suffix: &str| format_ident!("field{index}{suffix}");
        let rename = column.to_string().to_lowercase();
        let arguments = column_arguments(column_type);
        let is_optional = arguments.get(2).is_some_and(|presence| last(presence) == "Optional");
        let Some(target) = arguments.get(1) else { return TokenStream::new() };
        let target = outside(module, target);
        let mut fields = Vec::new();
        let mut add = |suffix: &str, options: TokenStream, value: TokenStream| {
            let field = field(suffix);
            fields.push(quote!(#[infrahub(rename = #rename #options)] #field: #value,));
        };
        let option = |value: TokenStream| if is_optional { quote!(Option<#value>) } else { value };
        let matching = quote!(, filter = Filter::ids([id()]), order_by = Order::created_at());
        match last(column_type).as_str() {
            "Attribute" => {
                add("", quote!(), option(target.clone()));
                let value = option(target);
                add("_with_metadata", quote!(), quote!(Attr<#value>));
            }
            "ToOne" => {
                add("", quote!(), option(quote!(Id<#target>)));
                add("_linked", quote!(), option(quote!(WithProperties<WithMetadata<Related<#target>>>)));
            }
            "ToMany" | "Hierarchy" => {
                add("", quote!(), quote!(Vec<Id<#target>>));
                add("_count", quote!(), quote!(Count));
                add("_linked", matching.clone(), quote!(Vec<WithProperties<WithMetadata<Related<#target>>>>));
                add("_first", quote!(#matching, limit = 3), quote!(FirstPeers<Related<#target>>));
            }
            other => panic!("a column of type {other}"),
        }
        quote!(#(#fields)*)
    });
    quote! {
        #[derive(Projection)]
        #[infrahub(kind = #module::#node)]
        struct #name {
            id: Id<#module::#node>,
            hfid: Option<Vec<String>>,
            display_label: Option<String>,
            typename: String,
            #(#fields)*
        }
    }
}

fn any(module: &Ident, kinds: &BTreeMap<String, Kind>, generic: &Kind) -> TokenStream {
    let name = format_ident!("AnyOf{}", generic.name);
    let node = format_ident!("{}", generic.name);
    let other = format_ident!("RowOf{}", generic.name);
    let heirs = kinds.values().filter(|kind| !kind.is_generic && kind.generics.contains(&generic.name));
    let variants = heirs.map(|kind| {
        let (variant, row) = (format_ident!("{}", kind.name), format_ident!("RowOf{}", kind.name));
        quote!(#variant(Box<#row>),)
    });
    quote! {
        #[derive(Projection)]
        #[infrahub(kind = #module::#node)]
        enum #name {
            #(#variants)*
            #[infrahub(other)]
            Other(Box<#other>),
        }
    }
}

/// A type of the generated module, as it is called from outside.
fn outside(module: &Ident, value: &Type) -> TokenStream {
    match value {
        Type::Path(path) if path.path.leading_colon.is_none() && !is_primitive(value) => {
            let name = format_ident!("{}", last(value));
            quote!(#module::#name)
        }
        other => quote!(#other),
    }
}
