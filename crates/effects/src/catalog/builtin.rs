//! Builtin: the annotation files that come with clew.

/// A package as it is imported, and the files about it by name and text.
type PackageTexts = (&'static str, &'static [(&'static str, &'static str)]);

macro_rules! packages {
    ($($package:literal,)*) => {
        /// Every package that clew brings annotations for.
        pub(super) const PACKAGES: &[PackageTexts] = &[$((
            $package,
            &[(
                concat!($package, ".yaml"),
                include_str!(concat!("../../annotations/", $package, ".yaml")),
            )],
        ),)*];
    };
}

packages! {
    "builtins",
}
