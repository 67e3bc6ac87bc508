//! Calls of everything that generated code offers, written from the generated code itself.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use syn::{
    Expr, ExprLit, FnArg, GenericArgument, ImplItem, ImplItemType, Item, Lit, Pat, PathArguments, Type,
    TypeParamBound,
};

/// What one generated module has.
#[derive(Default)]
pub(crate) struct Kind {
    /// The struct.
    pub(crate) name: String,
    pub(crate) is_generic: bool,
    /// Each column's name and type.
    pub(crate) columns: Vec<(Ident, Type)>,
    /// Arguments of `new` and methods of the builders, by the builder's name.
    builders: BTreeMap<String, Vec<(Ident, Vec<Type>)>>,
    hfid_parts: usize,
    is_upsertable: bool,
    has_file: bool,
    pub(crate) generics: BTreeSet<String>,
}

/// What the generated modules have, by kind.
pub(crate) fn kinds(files: &BTreeMap<PathBuf, String>) -> syn::Result<BTreeMap<String, Kind>> {
    let mut kinds = BTreeMap::new();
    for (name, text) in files {
        if !matches!(name.to_str(), Some("mod.rs" | "peers.rs" | "schema.json")) {
            let kind = Kind::read(&syn::parse_file(text)?);
            kinds.insert(kind.name.clone(), kind);
        }
    }
    Ok(kinds)
}

/// A function per kind that calls all of it, and one that calls them all.
pub(crate) fn of_everything(module: &str, files: &BTreeMap<PathBuf, String>) -> syn::Result<String> {
    let kinds = kinds(files)?;
    let writer = Writer { module: format_ident!("{module}"), kinds: &kinds };
    let functions = kinds.values().map(|kind| writer.function(kind));
    let names = kinds.keys().map(|name| function_name(name));
    let all = format_ident!("{module}");
    let code = quote! {
        #(#functions)*
        pub(crate) fn #all(check: &Check) {
            #(#names(check);)*
        }
    };
    Ok(code.to_string())
}

fn function_name(kind: &str) -> Ident {
    format_ident!("calls_of_{}", kind.to_lowercase())
}

impl Kind {
    fn read(file: &syn::File) -> Self {
        let mut kind = Self::default();
        for item in &file.items {
            match item {
                Item::Macro(item) => {
                    let name = item.mac.path.segments.last().map(|segment| segment.ident.to_string());
                    let first = item.mac.tokens.clone().into_iter().next().map(|token| token.to_string());
                    if matches!(name.as_deref(), Some("__read" | "__node")) {
                        kind.is_generic = name.as_deref() == Some("__read");
                        kind.name = first.unwrap_or_default();
                    }
                }
                Item::Impl(item) => kind.read_impl(item),
                _ => {}
            }
        }
        kind
    }

    fn read_impl(&mut self, item: &syn::ItemImpl) {
        let owner = last(&item.self_ty);
        if let Some((path, _)) = &item.trait_ {
            let segment = path.segments.last();
            match segment.map(|segment| segment.ident.to_string()).as_deref() {
                Some("Upsertable") => self.is_upsertable = true,
                Some("FileObject") => self.has_file = true,
                Some("Is") => {
                    self.generics
                        .extend(segment.and_then(|segment| arguments(&segment.arguments).first().map(last)));
                }
                Some("HumanFriendlyId") => self.hfid_parts = item.items.iter().find_map(parts).unwrap_or(0),
                _ => {}
            }
            return;
        }
        for member in &item.items {
            match member {
                ImplItem::Const(column) => self.columns.push((column.ident.clone(), column.ty.clone())),
                ImplItem::Fn(method) => {
                    let types = method.sig.inputs.iter().filter_map(|input| match input {
                        FnArg::Typed(argument) if matches!(*argument.pat, Pat::Ident(_)) => {
                            Some((*argument.ty).clone())
                        }
                        _ => None,
                    });
                    let method = (method.sig.ident.clone(), types.collect());
                    self.builders.entry(owner.clone()).or_default().push(method);
                }
                _ => {}
            }
        }
    }
}

struct Writer<'a> {
    module: Ident,
    kinds: &'a BTreeMap<String, Kind>,
}

impl Writer<'_> {
    fn function(&self, kind: &Kind) -> TokenStream {
        let module = &self.module;
        let function = function_name(&kind.name);
        let node = format_ident!("{}", kind.name);
        let reads = self.reads(kind);
        let columns = kind.columns.iter().map(|(name, column_type)| self.column(kind, name, column_type));
        let hfid = (kind.hfid_parts > 0).then(|| {
            let parts = vec!["x"; kind.hfid_parts];
            quote!(check.by_hfid::<#module::#node>([#(#parts),*]);)
        });
        let any = kind.is_generic.then(|| {
            let any = format_ident!("Any{}", kind.name);
            quote!(check.read::<#module::#any>(Vec::new(), Vec::new());)
        });
        let builders = kind.builders.iter().map(|(name, methods)| self.builder(kind, name, methods));
        let file = kind.has_file.then(|| quote!(check.file::<#module::#node>();));
        let writes = (!kind.is_generic).then(|| quote!(check.delete::<#module::#node>();));
        quote! {
            fn #function(check: &Check) {
                #reads
                #(#columns)*
                #hfid
                #any
                #(#builders)*
                #file
                #writes
            }
        }
    }

    /// A read with every filter and order that the kind's columns give.
    fn reads(&self, kind: &Kind) -> TokenStream {
        let module = &self.module;
        let node = format_ident!("{}", kind.name);
        let conditions = kind.columns.iter().map(|(name, column_type)| {
            let column = quote!(#module::#node::#name);
            match (last(column_type).as_str(), &column_arguments(column_type)[..]) {
                ("Attribute", [_, value, ..]) if is_filterable(value) => {
                    quote!(conditions.attribute(#column);)
                }
                ("Attribute", _) => quote!(conditions.unfiltered(#column);),
                ("ToOne" | "ToMany", [_, peer, ..]) => {
                    let peers = self.kinds.get(&last(peer));
                    let attributes = peers.into_iter().flat_map(|peer| {
                        peer.columns.iter().filter_map(|(name, column_type)| {
                            let arguments = column_arguments(column_type);
                            let is_attribute =
                                last(column_type) == "Attribute" && is_filterable(arguments.get(1)?);
                            let peer = format_ident!("{}", peer.name);
                            is_attribute
                                .then(|| quote!(conditions.peer(#column.then(#module::#peer::#name));))
                        })
                    });
                    quote! {
                        conditions.relationship(#column.is_null(), #column.is_in([&id()]));
                        #(#attributes)*
                    }
                }
                _ => TokenStream::new(),
            }
        });
        quote! {
            let mut conditions = Conditions::<#module::#node>::new();
            conditions.of_every_kind();
            #(#conditions)*
            check.read::<#module::#node>(conditions.filters, conditions.orders);
            check.kind::<#module::#node>();
        }
    }

    /// The peers that a column leads to.
    fn column(&self, kind: &Kind, name: &Ident, column_type: &Type) -> TokenStream {
        let module = &self.module;
        let node = format_ident!("{}", kind.name);
        let column = quote!(#module::#node::#name);
        let arguments = column_arguments(column_type);
        let Some(peer) = arguments.get(1).map(last) else { return TokenStream::new() };
        let peer_type = format_ident!("{peer}");
        let is_known = self.kinds.contains_key(&peer);
        match last(column_type).as_str() {
            "ToOne" => {
                let whole = is_known.then(|| quote!(check.peer_as::<_, _, _, #module::#peer_type>(#column);));
                quote!(check.peer(#column); #whole)
            }
            "ToMany" => {
                let whole =
                    is_known.then(|| quote!(check.peers_as::<_, _, _, #module::#peer_type>(#column);));
                // A third argument marks a relationship that only the server writes.
                let change = (!kind.is_generic && arguments.len() == 2).then(|| {
                    let named = self.peer(&peer, Way::Hfid);
                    let taken = self.peer(&peer, Way::Pool);
                    quote!(check.change_peers(#column, #named, #taken);)
                });
                quote!(check.peers(#column); #whole #change)
            }
            "Hierarchy" => quote!(check.hierarchy(#column);),
            _ => TokenStream::new(),
        }
    }

    fn builder(&self, kind: &Kind, name: &str, methods: &[(Ident, Vec<Type>)]) -> TokenStream {
        let module = &self.module;
        let node = format_ident!("{}", kind.name);
        let builder = format_ident!("{name}");
        let is_create = methods.iter().any(|(name, _)| name == "with_id");
        const CONSTRUCTORS: [&str; 3] = ["new", "from_template", "from_profiles"];
        let is_constructor = |name: &Ident| CONSTRUCTORS.iter().any(|constructor| name == constructor);
        let own = |name: &Ident| is_constructor(name) || name == "with_id";
        let constructors = methods.iter().filter(|(name, _)| is_constructor(name));
        let ways = constructors.flat_map(|constructor| match constructor.0 == "new" {
            true => vec![(constructor, Way::Id), (constructor, Way::Hfid), (constructor, Way::Pool)],
            false => vec![(constructor, Way::Id)],
        });
        let full = ways.map(|((constructor, taken), way)| {
            let arguments =
                |types: &[Type]| types.iter().map(|value| self.sample(value, way)).collect::<Vec<_>>();
            let taken = arguments(taken);
            let setters = methods.iter().filter(|(name, types)| !own(name) && !types.is_empty());
            let setters = setters.map(|(name, types)| {
                let arguments = arguments(types);
                quote!(.#name(#(#arguments),*))
            });
            let send = match (is_create, kind.is_upsertable) {
                (true, true) => quote!(check.create(data.clone()); check.upsert(data);),
                (true, false) => quote!(check.create(data);),
                (false, _) => quote!(check.update::<#module::#node>(data);),
            };
            quote!({ let data = #module::#builder::#constructor(#(#taken),*) #(#setters)*; #send })
        });
        // What clears or resets a field takes the place of what sets it, so each is sent apart.
        let alone = ["clear", "reset"].map(|what| {
            let methods = methods
                .iter()
                .filter(|(name, types)| !own(name) && types.is_empty() && name.to_string().starts_with(what));
            let names: Vec<&Ident> = methods.map(|(name, _)| name).collect();
            (!names.is_empty())
                .then(|| quote!(check.update::<#module::#node>(#module::#builder::new() #(.#names())*);))
        });
        quote!(#(#full)* #(#alone)*)
    }

    /// A value for an argument of a builder.
    fn sample(&self, argument: &Type, way: Way) -> TokenStream {
        if last(argument) == "File" {
            return quote!(File::from_bytes("x.txt", "x"));
        }
        let Type::ImplTrait(bounds) = argument else { return quote!(value) };
        let Some(TypeParamBound::Trait(bound)) = bounds.bounds.first() else { return quote!(value) };
        let Some(segment) = bound.path.segments.last() else { return quote!(value) };
        match segment.ident.to_string().as_str() {
            "IntoAttribute" => match (arguments(&segment.arguments).first(), way) {
                (Some(value), Way::Pool) if last(value) == "i64" => {
                    quote!(from_pool(&id::<CoreNumberPool>()).into_attribute().is_protected(true))
                }
                (value, _) => {
                    let value = value.map(|value| self.outside(value));
                    quote!(attribute::<#value>())
                }
            },
            "IntoPeer" => {
                let peer = arguments(&segment.arguments).first().map(last).unwrap_or_default();
                self.peer(&peer, way)
            }
            // An iterator over peers.
            _ => {
                let PathArguments::AngleBracketed(inner) = &segment.arguments else { return quote!(value) };
                let items = inner.args.iter().filter_map(|argument| match argument {
                    GenericArgument::AssocType(item) => Some(self.sample(&item.ty, way)),
                    _ => None,
                });
                quote!([#(#items),*])
            }
        }
    }

    /// A peer by id, by the human-friendly id of a kind that is one, or from a pool.
    fn peer(&self, peer: &str, way: Way) -> TokenStream {
        let module = &self.module;
        let named = self.kinds.values().find(|kind| {
            !kind.is_generic && kind.hfid_parts > 0 && (kind.name == peer || kind.generics.contains(peer))
        });
        let is = |generic: &str| {
            peer == generic || self.kinds.get(peer).is_some_and(|kind| kind.generics.contains(generic))
        };
        match (way, named) {
            (Way::Hfid, Some(kind)) => {
                let node = format_ident!("{}", kind.name);
                let parts = vec!["x"; kind.hfid_parts];
                quote!(said(Hfid::<#module::#node>::new([#(#parts),*])))
            }
            (Way::Pool, _) if is("BuiltinIPAddress") => quote!(said(taken(&id::<CoreIPAddressPool>()))),
            (Way::Pool, _) if is("BuiltinIPPrefix") => quote!(said(taken(&id::<CoreIPPrefixPool>()))),
            _ => {
                let peer = format_ident!("{peer}");
                quote!(said(id::<#module::#peer>()))
            }
        }
    }

    /// A type of the generated module, as it is called from outside.
    fn outside(&self, value: &Type) -> TokenStream {
        match value {
            Type::Path(path) if path.path.leading_colon.is_none() && !is_primitive(value) => {
                let (module, name) = (&self.module, format_ident!("{}", last(value)));
                quote!(#module::#name)
            }
            other => quote!(#other),
        }
    }
}

/// How peers are named; numbers, addresses and prefixes are taken from pools in the last.
#[derive(Clone, Copy)]
enum Way {
    Id,
    Hfid,
    Pool,
}

/// The length of the array in `type Parts<S> = [S; 2];`.
fn parts(item: &ImplItem) -> Option<usize> {
    match item {
        ImplItem::Type(ImplItemType { ty: Type::Array(array), .. }) => match &array.len {
            Expr::Lit(ExprLit { lit: Lit::Int(parts), .. }) => parts.base10_parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

pub(crate) fn is_primitive(value: &Type) -> bool {
    matches!(last(value).as_str(), "i64" | "bool")
}

/// Whether the server compares values of the type.
fn is_filterable(value: &Type) -> bool {
    !matches!(last(value).as_str(), "Json" | "Vec" | "DateTime")
}

pub(crate) fn last(value: &Type) -> String {
    match value {
        Type::Path(path) => {
            path.path.segments.last().map_or_else(String::new, |segment| segment.ident.to_string())
        }
        _ => String::new(),
    }
}

pub(crate) fn column_arguments(column_type: &Type) -> Vec<Type> {
    match column_type {
        Type::Path(path) => {
            path.path.segments.last().map_or_else(Vec::new, |segment| arguments(&segment.arguments))
        }
        _ => Vec::new(),
    }
}

fn arguments(arguments: &PathArguments) -> Vec<Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else { return Vec::new() };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(value) => Some(value.clone()),
        _ => None,
    });
    types.collect()
}
