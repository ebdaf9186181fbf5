//! Made: what methods do of values that a package's function made, of a class that no text names.

use clew_effects::{
    CallShape, Catalog, Change, Class, Effects, ExternalState, RuleTarget, RuleTargetKind,
};

/// What functions of a package make most of all.
struct Main {
    package: &'static str,
    classes: &'static [&'static str],
    /// Their methods, of which rules speak together. Others may have been put there by somebody else.
    methods: &'static str,
}

const MAIN: [Main; 2] = [
    Main {
        package: "pandas",
        classes: &["DataFrame", "Series"],
        methods: "abs add agg aggregate align all any apply asfreq asof assign astype at_time between_time bfill \
         clip combine combine_first compare convert_dtypes copy corr corrwith count cov cummax cummin \
         cumprod cumsum describe diff div divide dot drop drop_duplicates dropna duplicated eq equals \
         eval ewm expanding explode ffill fillna filter first_valid_index floordiv ge groupby gt head \
         idxmax idxmin info infer_objects interpolate isin isna isnull items iterrows itertuples join kurt \
         last_valid_index le lt map mask max mean median melt memory_usage merge min mod mode mul multiply \
         ne nlargest notna notnull nsmallest nunique pct_change pipe pivot pivot_table plot pop pow prod \
         quantile query rank reindex rename rename_axis replace resample reset_index rolling round sample \
         select_dtypes sem set_axis set_index shift skew sort_index sort_values squeeze stack std sub \
         subtract sum tail take to_csv to_dict to_excel to_feather to_frame to_html to_json to_list \
         to_markdown to_numpy to_parquet to_pickle to_records to_sql to_string tolist transform transpose \
         truediv truncate tz_convert tz_localize unique unstack update value_counts var where xs \
         __getitem__ __setitem__ __delitem__ __and__ __or__ __xor__ __invert__ __iadd__ __isub__ __imul__",
    },
    Main {
        package: "numpy",
        classes: &["ndarray"],
        methods: "all any argmax argmin argsort astype clip copy cumprod cumsum diagonal dot fill flatten item max \
         mean min nonzero prod ravel repeat reshape round sort squeeze std sum swapaxes take tobytes \
         tolist trace transpose var view __getitem__ __setitem__ __and__ __or__ __xor__ __invert__ __iadd__ \
         __isub__ __imul__ __itruediv__",
    },
];

/// What a method of something that a package made may do; `None` where no rule says it.
pub(super) fn of_method(
    catalog: &Catalog,
    package: &str,
    name: &str,
    shape: &CallShape,
) -> Option<Effects> {
    let Some(main) = MAIN.iter().find(|main| main.package == package) else {
        return catalog.method_anywhere([package, "numpy", "builtins"], name, shape);
    };
    let is_theirs = main.methods.split_whitespace().any(|method| method == name);
    let of_main = main
        .classes
        .iter()
        .map(|name| Class { has_method: is_theirs, ..Class::new(package, name) })
        .filter_map(|class| catalog.method(&[class], name, shape));
    let targets = catalog.targets(package);
    let others = targets
        .iter()
        .filter(|target| target.kind == RuleTargetKind::Class)
        .filter(|target| !(target.module == package && main.classes.contains(&&*target.name)))
        .filter(|target| !stands_for_a_file(catalog, target))
        .map(|target| Class { has_method: false, ..Class::new(&target.module, &target.name) })
        .filter_map(|class| catalog.method(&[class], name, shape));
    // A column of a frame is as often an array.
    let array = Class { has_method: false, ..Class::new("numpy", "ndarray") };
    let array = catalog.method(&[array], name, shape);
    of_main.chain(others).chain(array).reduce(|mut all, effects| {
        all.join(effects);
        all
    })
}

/// Whether instances of a class are files: functions hand out none, and whoever makes one names the class.
fn stands_for_a_file(catalog: &Catalog, target: &RuleTarget) -> bool {
    let shape = CallShape::positional(1);
    let effects = catalog.constructor(&[(&target.module, &target.name)], &shape);
    effects.is_some_and(|effects| {
        effects.changes.iter().any(|change| {
            matches!(change, Change::Handle { resource, .. } | Change::Reads(resource)
                if resource.state == ExternalState::FileSystem)
        })
    })
}
