//! Structs: each field is a column of the kind.

use crate::attributes::{Container, FieldOptions};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{DeriveInput, Error, Fields, Type};

/// A field of the struct.
struct Field<'i> {
    ident: &'i Ident,
    field_type: &'i Type,
    /// Its name in the answer: that of the field.
    response: String,
    content: Content,
    options: FieldOptions,
}

enum Content {
    /// What every object has: what is selected, and how it is read.
    OfEveryObject { selection: &'static str, read: Ident },
    /// An attribute or relationship.
    Column { constant: Ident },
}

pub(crate) fn derive(
    input: &DeriveInput,
    container: &Container,
    fields: &Fields,
) -> Result<TokenStream, Error> {
    let Fields::Named(named) = fields else {
        return Err(Error::new_spanned(
            &input.ident,
            "a projection is a struct with named fields, each the name of an attribute or relationship",
        ));
    };
    if named.named.is_empty() {
        return Err(Error::new_spanned(&input.ident, "a projection without fields reads nothing"));
    }
    let mut problems: Option<Error> = None;
    let mut read = Vec::new();
    for field in &named.named {
        match Field::new(input, field) {
            Ok(field) => read.push(field),
            Err(problem) => match &mut problems {
                Some(problems) => problems.combine(problem),
                None => problems = Some(problem),
            },
        }
    }
    if let Some(problems) = problems {
        return Err(problems);
    }
    Ok(implementation(input, container, &read))
}

impl<'i> Field<'i> {
    fn new(input: &DeriveInput, field: &'i syn::Field) -> Result<Self, Error> {
        let ident = field.ident.as_ref().ok_or_else(|| Error::new(field.span(), "a field needs a name"))?;
        let options = FieldOptions::new(&field.attrs)?;
        if mentions(&field.ty, &input.ident) {
            return Err(Error::new(
                field.ty.span(),
                "a projection that holds itself would never end: give the inner one fields of its own, or read what is deeper with `peers` or `hierarchy`",
            ));
        }
        let response = ident.unraw().to_string();
        if !response.is_ascii() {
            return Err(Error::new(
                ident.span(),
                "the answer has the field under this name, and GraphQL's names are ASCII",
            ));
        }
        // The reader takes these for what every object has; `typename` it knows as `__typename`.
        if options.rename.is_some() && matches!(response.as_str(), "id" | "hfid" | "display_label") {
            let why = format!("`{response}` is what every object has: give the field another name");
            return Err(Error::new(ident.span(), why));
        }
        let content = match (&options.rename, of_every_object(&response)) {
            (None, Some(_)) if options.chooses() => {
                let why = format!(
                    "`filter`, `order_by` and `limit` choose among many peers, and `{response}` is one value"
                );
                return Err(Error::new(ident.span(), why));
            }
            (None, Some(selection)) => {
                Content::OfEveryObject { selection, read: Ident::new(&response, ident.span()) }
            }
            _ => {
                let (name, span) = match &options.rename {
                    Some(rename) => (rename.value(), rename.span()),
                    None => (response.clone(), ident.span()),
                };
                Content::Column { constant: constant(&name, span)? }
            }
        };
        Ok(Self { ident, field_type: &field.ty, response, content, options })
    }
}

fn of_every_object(name: &str) -> Option<&'static str> {
    match name {
        "id" => Some("id"),
        "hfid" => Some("hfid"),
        "display_label" => Some("display_label"),
        "typename" => Some("__typename"),
        _ => None,
    }
}

/// The column for an attribute or relationship, as generated code names it.
fn constant(name: &str, span: Span) -> Result<Ident, Error> {
    let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && name != "_";
    if !is_name {
        return Err(Error::new(span, "this is not the name of an attribute or relationship"));
    }
    Ok(Ident::new(&name.to_ascii_uppercase(), span))
}

/// Whether a type is, or holds, the type of this name. One that a path leads to is another, such as the kind itself.
fn mentions(field_type: &Type, name: &Ident) -> bool {
    let Type::Path(path) = field_type else { return false };
    if path.path.is_ident(name) || path.path.is_ident("Self") {
        return true;
    }
    path.path.segments.last().is_some_and(|segment| match &segment.arguments {
        syn::PathArguments::AngleBracketed(arguments) => arguments
            .args
            .iter()
            .any(|argument| matches!(argument, syn::GenericArgument::Type(inner) if mentions(inner, name))),
        _ => false,
    })
}

fn implementation(input: &DeriveInput, container: &Container, fields: &[Field<'_>]) -> TokenStream {
    let name = &input.ident;
    let (kind, runtime) = (&container.kind, &container.runtime);
    let kind_span = kind.span();
    let select = fields.iter().map(|field| field.select(container));
    let columns: Vec<&Field<'_>> =
        fields.iter().filter(|field| matches!(field.content, Content::Column { .. })).collect();
    let places: Vec<Ident> = columns.iter().map(|field| place(field.ident)).collect();
    let responses: Vec<&str> = columns.iter().map(|field| field.response.as_str()).collect();
    let reads = columns.iter().map(|field| field.read(container));
    let values = fields.iter().map(|field| {
        let (ident, response) = (field.ident, &field.response);
        match &field.content {
            Content::OfEveryObject { read, .. } => {
                let span = field.field_type.span();
                match response.as_str() {
                    "id" | "typename" => quote_spanned!(span=> #ident: __object.#read()?),
                    _ => quote_spanned!(span=> #ident: __object.#read()),
                }
            }
            Content::Column { .. } => {
                let place = place(ident);
                quote!(#ident: __object.given(#response, #place)?)
            }
        }
    });
    let projection_kind = quote_spanned!(kind_span=> type Kind = #kind;);
    quote! {
        #[automatically_derived]
        impl #runtime::projection::Projection for #name {
            #projection_kind

            fn select(__selection: &mut #runtime::projection::Selection) {
                #(#select)*
            }
        }

        #[automatically_derived]
        impl #runtime::projection::FromEdge for #name {
            fn read_edge(
                __edge: &mut dyn #runtime::decode::Source<'_>,
            ) -> ::core::result::Result<::core::option::Option<Self>, #runtime::decode::Failed> {
                #runtime::decode::edge(__edge)
            }
        }

        #[automatically_derived]
        impl<'de> #runtime::__private::serde::Deserialize<'de> for #name {
            fn deserialize<__D: #runtime::__private::serde::Deserializer<'de>>(
                __deserializer: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                #runtime::decode::object(__deserializer)
            }
        }

        #[automatically_derived]
        impl #runtime::decode::Fields for #name {
            fn read(
                mut __object: #runtime::decode::Reader<'_, '_>,
            ) -> ::core::result::Result<Self, #runtime::decode::Failed> {
                #(let mut #places = ::core::option::Option::None;)*
                loop {
                    match __object.next_field()? {
                        #(#responses => #places = ::core::option::Option::Some(#reads),)*
                        "" => break,
                        _ => __object.skip()?,
                    }
                }
                ::core::result::Result::Ok(Self { #(#values,)* })
            }
        }
    }
}

/// The variable that holds a field until all are there.
fn place(ident: &Ident) -> Ident {
    format_ident!("__field_{}", ident.unraw())
}

impl Field<'_> {
    fn select(&self, container: &Container) -> TokenStream {
        let Self { field_type, response, content, options, .. } = self;
        let kind = &container.kind;
        let constant = match content {
            Content::OfEveryObject { selection, .. } => return quote!(__selection.push(#selection);),
            Content::Column { constant } => constant,
        };
        let FieldOptions { filters, orders, limit, .. } = options;
        let column = column(kind, constant);
        if !options.chooses() {
            return quote_spanned!(field_type.span()=> #column.select_as::<#field_type>(__selection, #response););
        }
        let method = if limit.is_some() { "select_first_as" } else { "select_matching_as" };
        let method = Ident::new(method, constant.span());
        let limit = limit.iter();
        quote_spanned! {field_type.span()=>
            #column.#method::<#field_type>(__selection, #response, |__peers| {
                __peers #(.filter(#filters))* #(.order_by(#orders))* #(.limit(#limit))*
            });
        }
    }

    fn read(&self, container: &Container) -> TokenStream {
        let field_type = self.field_type;
        let Content::Column { constant } = &self.content else { return TokenStream::new() };
        let column = column(&container.kind, constant);
        let method = if self.options.limit.is_some() { "read_first_as" } else { "read_as" };
        let method = Ident::new(method, constant.span());
        quote_spanned!(field_type.span()=> #column.#method::<#field_type>(&mut __object)?)
    }
}

/// `Kind::COLUMN`, at the place of the field.
fn column(kind: &Type, constant: &Ident) -> TokenStream {
    quote_spanned!(constant.span()=> <#kind>::#constant)
}
